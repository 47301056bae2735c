import DocketCommandLine
import OwnStages

DocketCommand.main { $0 = try .own }
