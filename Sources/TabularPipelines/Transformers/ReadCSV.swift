import Mistique

/// Reads an input file. Its `row_id`s are the places of the records in the file, from 0.
///
/// Parameter `schema`: `zillow` for the built-in types of the Zillow files, `inferred` to look. What was inferred is the fitted state, so that
/// a re-run reads the same types. Columns named by `required` must be there.
public struct ReadCSV: Transformer {
  public static let signature = TransformerSignature(
    "ReadCSV", inputs: [.file],
    parameters: [
      ParameterDeclaration("schema", .text(oneOf: ["zillow", "inferred"]), default: .text("inferred")),
      ParameterDeclaration("required", .texts, default: .texts([])),
    ])

  private let schema: CSVSchema
  private let parameters: Parameters

  public init(_ parameters: Parameters) {
    self.parameters = parameters
    var schema = parameters.text("schema") == "zillow" ? ZillowData.schema : .inferred
    schema.required = parameters.texts("required")
    self.schema = schema
  }

  /// Reads the file when its types have to be inferred; a schema that names every column is settled without a look at the records.
  public func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    Fitted(schema: try CSVReader(schema: schema).settledSchema(of: inputs[0].file), parameters: parameters)
  }

  public func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var settled = CSVSchema(required: schema.required)
    for _ in 0..<(try reader.integer(UInt32.self)) {
      let name = try reader.text()
      guard let type = ColumnType(rawValue: try reader.integer(UInt8.self)) else { throw FittedStateError.malformed("unknown column type") }
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
      writer.append(UInt32(schema.types.count))
      for name in schema.types.keys.sorted() {
        writer.append(text: name)
        writer.append(schema.types[name]!.rawValue)
      }
      return FittedState.sealed(writer.bytes, transformer: ReadCSV.signature.name, parameters: parameters)
    }
  }
}
