import DocketCommandLine
import OwnStages

DocketCommand.main(stages: .own)
