// A program that imports Docket needs the words that every stage shares.
@_exported public import PipelineCore
