import Docket
import DocketServer

await ServeCommand.main(stages: .builtIn)
