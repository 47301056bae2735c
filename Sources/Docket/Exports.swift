// A program that imports Docket also imports the modules whose types appear in Docket's public
// declarations.
@_exported public import Classifiers
@_exported public import Corpora
@_exported public import Embeddings
@_exported public import FileAccess
@_exported public import Learning
@_exported public import Messages
@_exported public import Models
@_exported public import NumericKernels
@_exported public import PipelineCore
@_exported public import PipelineFiles
@_exported public import Reports
@_exported public import Tokenization
