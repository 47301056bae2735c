// A program that imports Docket sees everything that the public declarations here name.
@_exported public import Corpora
@_exported public import Messages
@_exported public import Models
@_exported public import PipelineCore
@_exported public import PipelineFiles
@_exported public import Reports
