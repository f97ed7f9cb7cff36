import ArrayFiles
import Foundation
import Mistique
import Testing

@testable import experiments

/// What is kept, against NumPy, SciPy and scikit-learn: Golden/make_golden.py.
struct KeptAccuracyTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let full: String
      let greatest: Double
      let mean: Double
      let greatestShare: Double
      let meanShare: Double
      let lost: Double
      let neighbours: Double?
      let similarity: Double?
    }

    let cases: [Case]

    static func url(_ type: String) throws -> URL {
      try #require(Bundle.module.url(forResource: "golden", withExtension: type, subdirectory: "Golden"))
    }
  }

  /// A golden array by its name, as it would come out of a store.
  private func values(_ name: String) throws -> ComparedValues {
    let array = try #require(try NumericArray.all(in: Golden.url("npz")).first { $0.name == name }, "\(name)")
    let schema = ArrayLayout(array).schema
    guard array.element.fitsFloat32 else {
      var rows: [[Double]] = []
      try array.forEachBlock(of: 1) { _, bytes in rows.append(array.element.doubles(bytes)) }
      return ComparedValues(columns: (0..<array.columns).map { column in rows.map { $0[column] } }, schema)
    }
    let matrix = try FloatMatrix(rows: array.rows, columns: array.columns) { target in
      try array.forEachBlock(of: 7) { rows, bytes in
        array.element.floats(bytes, into: target.baseAddress! + rows.lowerBound * array.columns)
      }
    }
    return ComparedValues(matrix, schema)
  }

  @Test("Errors, neighbours kept and SVCCA are those of NumPy, scikit-learn and SciPy")
  func golden() throws {
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: Golden.url("json")))
    #expect(golden.cases.count == 7)
    for one in golden.cases {
      let kept = try KeptAccuracy(of: try values(one.name), against: try values(one.full))
      func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool { abs(value - expected) <= tolerance * abs(expected) }
      #expect(isNear(kept.errors.greatest, one.greatest, 1e-12) && isNear(kept.errors.mean, one.mean, 1e-12), "\(one.name)")
      #expect(
        isNear(kept.errors.greatestShare, one.greatestShare, 1e-9) && isNear(kept.errors.meanShare, one.meanShare, 1e-9), "\(one.name)")
      #expect(kept.errors.lost == Int(one.lost), "\(one.name)")
      if let neighbours = one.neighbours {
        let found = try #require(kept.neighbours, "\(one.name)")
        #expect(abs(found - neighbours) < 1e-9 && kept.neighbourCount == 6, "\(one.name): \(found), \(neighbours) expected")
      }
      if let similarity = one.similarity {
        let found = try #require(kept.similarity, "\(one.name)")
        #expect(abs(found - similarity) < 1e-5, "\(one.name): \(found), \(similarity) expected")
      } else {
        #expect(kept.similarity == nil && kept.similarityGap == "NaN or infinite values")
      }
    }
  }

  @Test("The same values lose nothing; what is constant keeps no direction, and too few rows say why there is none")
  func edges() throws {
    func maps(_ values: [Float], columns: Int) -> ComparedValues {
      let matrix = FloatMatrix(rows: values.count / columns, columns: columns) { target in
        for (place, value) in values.enumerated() { target[place] = value }
      }
      return ComparedValues(matrix, .maps(channels: columns, height: 1, width: 1))
    }
    let full = try values("full")
    let same = try KeptAccuracy(of: full, against: full)
    #expect(same.errors.greatest == 0 && same.errors.meanShare == 0 && same.neighbours == 1)
    #expect(abs(try #require(same.similarity) - 1) < 1e-6)
    let flat = maps(Array(repeating: 2, count: 120 * 24), columns: 24)
    let nothing = try KeptAccuracy(of: flat, against: full)
    #expect(nothing.similarity == 0 && nothing.neighbours ?? 1 < 0.3)
    let constant = try KeptAccuracy(of: flat, against: flat)
    #expect(constant.similarity == nil && constant.similarityGap == "nothing varies" && constant.errors.greatestShare == 0)
    let few = try KeptAccuracy(of: maps([1, 2, 3, 4], columns: 2), against: maps([1, 2, 3, 5], columns: 2))
    #expect(few.neighbours == nil && few.similarityGap == "too few rows: 2, and it needs 40" && few.errors.greatest == 1)
    let gaps: [Float] = [.nan, .infinity, .infinity, 2]
    let changed = try KeptAccuracy(of: maps([.infinity, .nan, -.infinity, 2], columns: 2), against: maps(gaps, columns: 2))
    #expect(changed.errors.lost == 3 && changed.errors.count == 1)
    #expect(try KeptAccuracy(of: maps(gaps, columns: 2), against: maps(gaps, columns: 2)).errors.lost == 0)
    let one = try KeptAccuracy(of: maps([1], columns: 1), against: maps([1], columns: 1))
    #expect(one.neighbours == nil && one.similarityGap == "one column")
    let text = ComparedValues(columns: [[3, 3, 3]], .columns([.init(name: "a", type: .float64)]))
    #expect(try KeptAccuracy(of: text, against: text).similarityGap == "no column varies")
  }

  @Test("A pooled cell stands for the cells of its window, at the edges too")
  func cells() {
    let full = IntermediateSchema.maps(channels: 2, height: 3, width: 3)
    #expect(
      KeptAccuracy.cells(of: full, in: .maps(channels: 2, height: 2, width: 2)) == [0, 0, 1, 0, 0, 1, 2, 2, 3, 4, 4, 5, 4, 4, 5, 6, 6, 7])
    #expect(
      KeptAccuracy.cells(of: full, in: .maps(channels: 2, height: 1, width: 1)) == Array(repeating: 0, count: 9)
        + Array(repeating: 1, count: 9))
    #expect(KeptAccuracy.cells(of: full, in: full) == Array(0..<18))
    #expect(
      KeptAccuracy.cells(of: .maps(channels: 1, height: 1, width: 5), in: .maps(channels: 1, height: 1, width: 3)) == [0, 0, 1, 1, 2])
  }
}
