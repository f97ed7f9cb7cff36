import Foundation
import Mistique

/// Reads an input file. Its `row_id`s are the places of the records in the file, from 0.
///
/// Parameter `schema`: `zillow` for the built-in types of the Zillow files, `inferred` to infer them. The inferred types are the fitted state, so
/// that a re-run reads the same types. `types` gives columns other types than either. Columns named by `required` or `types` must exist. `columns`
/// names the only ones to read (all when empty; the order is the file's). `missing` lists unquoted fields that mean a missing value, in addition to
/// the empty field. `separator` is one ASCII character. `header: false` reads a file whose first record is data, with columns called `c1`, `c2` and
/// so on; `names` names all columns, with or without a header. `trim` drops blanks around fields and names; `encoding` says how the file's
/// characters are encoded. For the rules of types see `CSVTypeGuess` and the page Pipelines.
struct ReadCSV: Transformer {
  static let bits: TransformerBits? = .revision(2)
  static let signature = TransformerSignature(
    "ReadCSV", inputs: [.file],
    parameters: [
      ParameterDeclaration("schema", .text(oneOf: ["zillow", "inferred"]), default: .text("inferred")),
      ParameterDeclaration("required", .texts, default: .texts([])),
      ParameterDeclaration("columns", .texts, default: .texts([])),
      ParameterDeclaration("missing", .texts, default: .texts([])),
      ParameterDeclaration("separator", .text(oneOf: []), default: .text(",")),
      ParameterDeclaration("header", .boolean, default: .boolean(true), isWrittenAtDefault: false),
      ParameterDeclaration("names", .texts, default: .texts([]), isWrittenAtDefault: false),
      ParameterDeclaration("types", .mapping(oneOf: ColumnType.allCases.map { "\($0)" }), default: .mapping([]), isWrittenAtDefault: false),
      ParameterDeclaration("trim", .boolean, default: .boolean(false), isWrittenAtDefault: false),
      ParameterDeclaration(
        "encoding", .text(oneOf: CSVEncoding.allCases.map(\.rawValue)), default: .text(CSVEncoding.utf8.rawValue), isWrittenAtDefault: false
      ),
    ])

  /// Parameters to which every state is bound. The others were added later: a state is bound to them only when they differ from their defaults, so
  /// that older states stay valid.
  private static let firstNames: Set<String> = ["schema", "required"]

  private let schema: CSVSchema
  /// The parameters to which the state is bound.
  private let parameters: Parameters

  init(_ parameters: Parameters) {
    let declarations = Self.signature.parameters.filter {
      Self.firstNames.contains($0.name) || parameters.values[$0.name] != $0.defaultValue
    }
    let names = Set(declarations.map(\.name))
    self.parameters = Parameters(parameters.values.filter { names.contains($0.key) }, declarations: declarations)
    var schema = parameters.text("schema") == "zillow" ? ZillowData.schema : .inferred
    let types = Dictionary(uniqueKeysWithValues: ColumnType.allCases.map { ("\($0)", $0) })
    for entry in parameters.entries("types") { schema.types[entry.name] = types[entry.value] }
    schema.required = parameters.texts("required") + parameters.entries("types").map(\.name)
    schema.columns = parameters.texts("columns")
    schema.missing = parameters.texts("missing")
    schema.separator = parameters.text("separator")
    schema.hasHeader = parameters.boolean("header")
    schema.names = parameters.texts("names")
    schema.trims = parameters.boolean("trim")
    schema.encoding = CSVEncoding(rawValue: parameters.text("encoding")) ?? .utf8
    self.schema = schema
  }

  /// Reads the file when types have to be inferred. A schema that names every column needs no look at the records.
  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    Fitted(schema: try CSVReader(schema: schema).settledSchema(of: inputs[0].file), parameters: parameters)
  }

  /// What the beginning of a file says. Throws `CSVError`, also when a required column is missing.
  func inspect(_ file: URL) throws -> CSVInspection { try CSVInspection(of: file, schema: schema) }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var settled = schema
    settled.types = [:]
    for _ in 0..<(try reader.read(UInt32.self)) {
      let name = try reader.text()
      guard let type = ColumnType(rawValue: try reader.read(UInt8.self)) else { throw FittedStateError.malformed("unknown column type") }
      settled.types[name] = type
    }
    return Fitted(schema: settled, parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    let schema: CSVSchema
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] { [try CSVReader(schema: schema).read(inputs[0].file).frame] }

    var state: [UInt8] {
      var writer = ByteWriter()
      writer.write(UInt32(schema.types.count))
      for (name, type) in schema.types.sorted {
        writer.write(counted: name.utf8)
        writer.write(type.rawValue)
      }
      return FittedState.sealed(writer.bytes, transformer: ReadCSV.signature.name, parameters: parameters)
    }
  }
}
