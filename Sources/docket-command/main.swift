import Docket
import DocketCommandLine

DocketCommand.main(stages: .builtIn)
