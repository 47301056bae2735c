import Docket
import DocketCommandLine
import Foundation
import MessagePassing

do {
  let group = try MessagePassingGroup()
  DocketCommand.main(group: group)
  try group.finish()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(74)
}
