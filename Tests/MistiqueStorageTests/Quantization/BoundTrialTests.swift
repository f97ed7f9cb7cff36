import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// What is recorded of a chosen bound is what the stored values keep.
@Suite struct BoundTrialTests {
  /// Layers whose parts differ, so that a part of them says nothing of the whole.
  enum Layer: String, CaseIterable {
    case halves, border, infinities, alike

    var schema: IntermediateSchema {
      switch self {
      case .halves: .maps(channels: 2047, height: 1, width: 1)
      case .border: .maps(channels: 4, height: 32, width: 32)
      case .infinities, .alike: .maps(channels: 10, height: 5, width: 6)
      }
    }

    func values(rows: Int) -> [Float] {
      var random = SeededRandom(seed: 11)
      let columns = schema.columnCount
      let directions = (0..<12).map { _ in (0..<columns).map { _ in random.normal() } }
      return (0..<rows).flatMap { _ in
        let weights = directions.map { _ in random.normal() }
        return (0..<columns).map { column in
          let value = Float(zip(weights, directions).reduce(0.1 * random.normal()) { $0 + $1.0 * $1.1[column] })
          return switch self {
          case .halves: column < columns / 2 ? value : value * 30
          case .border: column % 32 == 0 ? value * 0.1 : value
          case .infinities: random.next() % 10 < 9 ? .infinity : value
          case .alike: value
          }
        }
      }
    }
  }

  @Test("The stored values keep what is recorded, whatever differs from column to column", arguments: Layer.allCases)
  func recorded(layer: Layer) throws {
    let rows = 200
    let values = layer.values(rows: rows)
    let columns = layer.schema.columnCount
    for asked in [QuantizationScheme.ErrorBound.keeping(neighbours: 0.9), .keeping(cca: 0.01)] {
      let fixture = try StoreFixture()
      let commit = try fixture.write(values, schema: layer.schema, writer: fixture.writer(), scheme: .bound(asked))
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let kept = try #require(manifest.scheme.kept)
      let read = try fixture.read(manifest, [0..<columns], .all).withValues { Array($0) }
      let limit = kept.measure == .neighbours ? 2048 : 1024
      let trial: any BoundTrial = values.withUnsafeBufferPointer { buffer -> any BoundTrial in
        switch kept.measure {
        case .neighbours: NeighbourTrial(buffer.baseAddress!, rows: rows, columns: columns, share: 0.9)
        case .cca: CorrelationTrial(buffer.baseAddress!, rows: rows, columns: columns, fall: 0.01)
        }
      }
      let stored = read.withUnsafeBufferPointer {
        TrialSample($0.baseAddress!, rows: rows, columns: columns, atMost: (400, limit)).values
      }
      let found = trial.measured(stored)
      let recorded = try #require(kept.measured)
      #expect(kept.rows == rows)
      switch kept.measure {
      case .neighbours: #expect(abs(found - recorded) < 0.05, "\(layer): recorded \(recorded), stored \(found), \(manifest.scheme)")
      case .cca: #expect(1 - found < 1.1 * recorded + 1e-6, "\(layer): recorded \(recorded), stored \(1 - found), \(manifest.scheme)")
      }
    }
  }

  @Test("A value beyond all others does not hide that the neighbours among these are lost")
  func outlier() {
    var values = Layer.alike.values(rows: 200)
    let columns = Layer.alike.schema.columnCount
    // A score that was masked.
    values[37 * columns + 5] = -.greatestFiniteMagnitude
    values.withUnsafeBufferPointer { buffer in
      let trial = NeighbourTrial(buffer.baseAddress!, rows: 200, columns: columns, share: 0.95)
      #expect(trial.tells && trial.measured(trial.sample.values) == 1)
      // All but the one value rounded away: rows that are alike are neighbours by their order alone.
      let rounded = trial.sample.values.map { $0 < -1e30 ? $0 : 0 }
      #expect(trial.measured(rounded) < 0.5, "\(trial.measured(rounded))")
    }
  }

  @Test("Places are spread over all of them: every column of a line of a map, and the last rows too")
  func places() {
    for (count, limit, line) in [(65_536, 1024, 32), (16_384, 1024, 16), (65_536, 2048, 32), (2048, 1024, 2)] {
      let places = TrialSample.places(count, limit)
      #expect(places.count == limit && Set(places.map { $0 % line }).count == line && places == places.sorted())
      #expect(Set(places).count == limit && places.allSatisfy { (0..<count).contains($0) })
    }
    #expect(TrialSample.places(1500, 1024).last! >= 1498 && TrialSample.places(799, 400).last! >= 797)
    #expect(TrialSample.places(7, 400) == Array(0..<7) && TrialSample.places(0, 400).isEmpty)
  }

  @Test("What was recorded before rows were is read, and as neighbours")
  func older() throws {
    let older = Data(#"{"asked":0.95,"measured":0.96}"#.utf8)
    let kept = try JSONDecoder().decode(QuantizationScheme.KeptQuality.self, from: older)
    #expect(kept.measure == .neighbours && kept.asked == 0.95 && kept.measured == 0.96 && kept.rows == nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try encoder.encode(kept) == older)
    let new = QuantizationScheme.KeptQuality(.cca, asked: 0.002, measured: nil, rows: 7)
    #expect(try JSONDecoder().decode(QuantizationScheme.KeptQuality.self, from: encoder.encode(new)) == new)
  }
}
