package import FileAccess
import PipelineCore
import Tokenization

extension StageListing {
  /// The JSON Schema (draft 2020-12) of pipeline files, for editors.
  ///
  /// It describes the structure of a file. Whether files exist and settings are compatible is
  /// checked only when the pipeline is read.
  package var schema: JSONValue {
    let normalizers = JSONValue.members([
      "type": .string("array"), "items": JSONSchema.choice(among: stages(of: .normalizer)),
    ])
    var properties = [
      JSONMember("docket", .members(["const": .integer(PipelineDescription.format)])),
      JSONMember("language", JSONSchema.language),
      JSONMember("normalize", JSONSchema.normalize),
      JSONMember("normalizers", normalizers),
    ]
    let embedding = JSONSchema.choice(among: stages(of: .embedding))
    properties += [
      JSONMember("tokenizer", JSONSchema.choice(among: stages(of: .tokenizer))),
      JSONMember("embedding", JSONSchema.oneOrList(of: embedding)),
      JSONMember("classifier", JSONSchema.choice(among: stages(of: .classifier))),
    ]
    for section in sections {
      properties.append(.init(section.name, JSONSchema.object(section.settings)))
    }
    return .members([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "title": .string("A docket pipeline"), "type": .string("object"),
      "properties": .object(properties),
      "required": .array([.string("docket"), .string("classifier")]),
      "additionalProperties": .bool(false),
    ])
  }

  private func stages(of role: StageRole) -> [Stage] { stages.filter { $0.role == role } }
}

/// The parts of a JSON Schema for stages and settings.
enum JSONSchema {
  /// A language or a list of languages.
  static var language: JSONValue {
    let code = JSONValue.members([
      "enum": .array(Language.allCases.map { .string($0.rawValue) })
    ])
    return .members([
      "anyOf": .array([
        .members(["const": .string("auto")]), code,
        .members(["type": .string("array"), "items": code, "minItems": .integer(1)]),
      ]),
      "description": .string(
        "language that selects the normalizers and the tokenizer if the file names none"),
    ])
  }

  /// Returns the schema of one item or a list of items.
  static func oneOrList(of item: JSONValue) -> JSONValue {
    .members([
      "anyOf": .array([
        item,
        .members([
          "type": .string("array"), "items": item, "minItems": .integer(1),
          "maxItems": .integer(PipelineReader.embeddingLimit),
        ]),
      ])
    ])
  }

  /// The value of `normalize`.
  static let normalize = JSONValue.members([
    "const": .string("auto"),
    "description": .string(
      "auto: the normalizer settings with which the vectors cover the most tokens"),
  ])

  /// Returns the schema of a choice of stages: a name, or a mapping with settings.
  static func choice(among stages: [StageListing.Stage]) -> JSONValue {
    .members([
      "anyOf": .array(
        stages.flatMap { stage -> [JSONValue] in
          let name = JSONValue.members([
            "const": .string(stage.name), "description": .string(stage.summary),
          ])
          let mapping = object(stage.settings, stage: name)
          return stage.settings.contains(where: \.isRequired) ? [mapping] : [name, mapping]
        })
    ])
  }

  /// Returns the schema of a mapping with these settings and no others.
  static func object(_ settings: [StageListing.Item], stage: JSONValue? = nil) -> JSONValue {
    let name = stage.map { [JSONMember("stage", $0)] } ?? []
    let required = name.map(\.key) + settings.filter(\.isRequired).map(\.name)
    return .members([
      "type": .string("object"),
      "properties": .object(name + settings.map { JSONMember($0.name, property($0)) }),
      "required": .array(required.map { .string($0) }),
      "additionalProperties": .bool(false),
    ])
  }

  private static func property(_ item: StageListing.Item) -> JSONValue {
    var members = form(item.form)
    members.append(.init("description", .string(item.summary)))
    if let standard = item.defaultValue { members.append(.init("default", JSONValue(standard))) }
    return .object(members)
  }

  private static func form(_ form: SettingForm) -> [JSONMember] {
    switch form {
    case .integer(let range):
      [
        JSONMember("type", .string("integer")),
        JSONMember("minimum", .integer(range.lowerBound)),
        JSONMember("maximum", .integer(range.upperBound)),
      ]
    case .number(let range, let open):
      [
        JSONMember("type", .string("number")),
        JSONMember(open ? "exclusiveMinimum" : "minimum", .decimal(range.lowerBound)),
        JSONMember("maximum", .decimal(range.upperBound)),
      ]
    case .boolean: [JSONMember("type", .string("boolean"))]
    case .choice(let known): [JSONMember("enum", .array(known.map { .string($0) }))]
    // A string can be written without quotes, even if it looks like `no`, `010` or `3.5`.
    case .text: [JSONMember("type", scalarTypes)]
    case .path: [JSONMember("type", .string("string"))]
    case .paths:
      [
        JSONMember("type", .array([.string("string"), .string("array")])),
        JSONMember("items", .members(["type": .string("string")])),
      ]
    case .classWeights:
      [
        JSONMember("type", .array([.string("string"), .string("object")])),
        JSONMember("additionalProperties", .members(["type": .string("number")])),
      ]
    case .command:
      [
        JSONMember("type", .array([.string("string"), .string("array")])),
        JSONMember("items", .members(["type": scalarTypes])),
        JSONMember("minItems", .integer(1)),
      ]
    case .mapping: [JSONMember("type", .string("object"))]
    case .shareOrPath(let range):
      [
        JSONMember("type", .array([.string("number"), .string("string")])),
        JSONMember("minimum", .decimal(range.lowerBound)),
        JSONMember("maximum", .decimal(range.upperBound)),
      ]
    case .section(let settings):
      [JSONMember("anyOf", .array([.members(["type": .string("boolean")]), object(settings)]))]
    }
  }

  private static let scalarTypes = JSONValue.array(
    ["string", "number", "boolean"].map { .string($0) })
}
