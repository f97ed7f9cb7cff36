import Diagnosis
import Foundation
import TestSupport
import Testing

@Suite struct GroupMeansTests {
  @Test("Histograms, group means and map reductions are NumPy's", .enabled(if: NumPy.isInstalled))
  func numpy() throws {
    var random = SeededRandom(seed: 4)
    let values = (0..<600).map { _ in Float(random.unit() * 4 - 1) }
    let groups = (0..<50).map { _ in Int(random.next() % 3) }
    let script = """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      v = np.array(d["values"], np.float32).astype(np.float64).reshape(50, 12)
      g = np.array(d["groups"])
      print(json.dumps({
        "histogram": np.histogram(v.ravel(), 17)[0].tolist(),
        "means": [v[g == k].mean(0).tolist() for k in range(3)],
        "maxima": v.max(1).tolist(), "rowMeans": v.mean(1).tolist()}))
      """
    let answer = try NumPy.run(script, input: ["values": values.map(Double.init), "groups": groups.map(Double.init)])
    let ours = values.withUnsafeBufferPointer { GroupMeans.of($0, columns: 12, groups: groups, groupCount: 3) }
    let means = try #require(answer["means"] as? [[Double]]).flatMap { $0 }
    #expect(zip(ours, means).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(Distribution(values.map(Double.init), bins: 17)?.histogram == answer["histogram"] as? [Int])
    values.withUnsafeBufferPointer { buffer in
      // JSONSerialization may lose a number's last bit.
      let maxima = (answer["maxima"] as? [Double]) ?? []
      #expect(maxima.count == 50)
      #expect(zip(MapReduction.maxima(buffer, columns: 12), maxima).allSatisfy { abs($0 - $1) < 1e-12 })
      let rowMeans = (answer["rowMeans"] as? [Double]) ?? []
      #expect(rowMeans.count == 50)
      #expect(zip(MapReduction.means(buffer, columns: 12), rowMeans).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    let columns = (0..<12).map { column in (0..<50).map { Double(values[$0 * 12 + column]) } }
    #expect(zip(GroupMeans.of(columns, groups: groups, groupCount: 3), means).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("A missing value counts in no mean, and a group without rows has none")
  func gaps() {
    let means = GroupMeans.of([[1, .nan, 3, 10]], groups: [0, 0, 0, nil], groupCount: 2)
    #expect(means[0] == 2 && means[1].isNaN)
  }

  @Test("The mean of large values that are nearly equal lies among them")
  func nearlyEqual() {
    let values = (0..<2_048).map { row -> Double in
      let offset: Double = row % 2 == 1 ? 0x1p58 : 0
      return 0x1p60 + offset + 65_536 + Double(512 * (row % 4 / 2))
    }
    let means = GroupMeans.of([values], groups: (0..<2_048).map { $0 % 2 }, groupCount: 2)
    #expect(means == [0x1p60 + 65_536 + 256, 0x1p60 + 0x1p58 + 65_536 + 256])
    let beyond = GroupMeans.of([[.infinity, 1, 2, -1e308, 1e308, 1e308]], groups: [0, 0, 1, 2, 2, 2], groupCount: 3)
    #expect(beyond[0] == .infinity && beyond[1] == 2 && abs(beyond[2] - 1e308 / 3) < 1e293)
  }
}
