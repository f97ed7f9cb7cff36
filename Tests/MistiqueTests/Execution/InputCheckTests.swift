import Foundation
import Testing

@testable import Mistique

@Suite("What the inputs of a re-run are compared with") struct InputCheckTests {
  private static let model = ModelIdentity(project: "t", name: "m")
  private static let logged = [ModelInput(name: "a.csv", bytes: 3, digest: "d:1"), ModelInput(name: "b.csv", bytes: 4, digest: "d:2")]

  @Test("A store of before digests were kept cannot tell, and says of which")
  func olderReceipts() throws {
    #expect(try InputCheck(logged: nil).verify(Self.logged, of: Self.model) == ["a.csv", "b.csv"])
    #expect(try InputCheck(logged: nil).verify([], of: Self.model).isEmpty)
    let current = ModelReceipt(
      sequence: 1, identity: Self.model, kind: "k", specification: "s", policy: .none,
      stages: [Stage(name: "s", inputs: [], outputs: ["x"])],
      intermediates: [
        .init(
          name: "x", stage: 0, rows: 1, columns: 1, logicalBytes: 8, newBytes: 8, manifest: nil, shape: LoggedShape(.columns([]), .first(1))
        )
      ],
      transformers: [], inputs: Self.logged)
    var fields = try JSONDecoder().decode([String: JSON].self, from: Data(current.encoded()))
    #expect(try JSONDecoder().decode(ModelReceipt.self, from: Data(current.encoded())) == current)
    #expect(fields["inputs"] != nil)
    fields["inputs"] = nil
    let older = try JSONDecoder().decode(ModelReceipt.self, from: JSONEncoder().encode(fields))
    #expect(older.inputs == nil && older.identity == Self.model)
  }

  @Test("Only what a re-run reads is compared, by name and digest")
  func comparison() throws {
    let check = InputCheck(logged: Self.logged)
    #expect(try check.verify([Self.logged[1]], of: Self.model).isEmpty)
    for other in [ModelInput(name: "a.csv", bytes: 3, digest: "d:9"), .init(name: "c.csv", bytes: 3, digest: "d:1")] {
      #expect { try check.verify([other, Self.logged[1]], of: Self.model) } throws: {
        ($0 as? StoreError)?.code == .otherInputs && "\($0)".contains(other.digest) && !"\($0)".contains("b.csv")
      }
    }
  }

  @Test("A shape is that of the columns and rows, however rows are held")
  func shapes() {
    let maps = IntermediateSchema.maps(channels: 2, height: 3, width: 4)
    let shape = LoggedShape(maps, .range(3..<6))
    #expect(shape.hasColumns(of: maps) && shape.hasRows(.list([3, 4, 5])) && shape.hasRows(.range(3..<6)))
    #expect(
      !shape.hasColumns(of: .maps(channels: 2, height: 4, width: 3)) && !shape.hasColumns(of: .maps(channels: 6, height: 2, width: 2)))
    for rows in [RowIDs.list([3, 5, 4]), .range(3..<7), .range(2..<5), .first(0)] { #expect(!shape.hasRows(rows)) }
    let columns = IntermediateSchema.columns([.init(name: "ab", type: .int64), .init(name: "c", type: .text)])
    let named = LoggedShape(columns, .first(0))
    for other in [
      [.init(name: "a", type: .int64), .init(name: "bc", type: .text)], [.init(name: "ab", type: .float64), .init(name: "c", type: .text)],
      [.init(name: "c", type: .text), .init(name: "ab", type: .int64)],
    ] as [[IntermediateSchema.ColumnDescriptor]] {
      #expect(!named.hasColumns(of: .columns(other)))
    }
  }
}

/// Any JSON, for fields that are taken away.
private enum JSON: Codable {
  case text(String), number(Double), list([JSON]), object([String: JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
