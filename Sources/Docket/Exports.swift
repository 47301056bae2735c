// A program that imports Docket also sees the modules whose types its public declarations name.
@_exported public import Corpora
@_exported public import Messages
@_exported public import Models
@_exported public import PipelineCore
@_exported public import PipelineFiles
@_exported public import Reports
