import MistiqueStorage
import TestSupport
import Testing

@Suite struct PoolingTests {
  private func pool(_ values: [Float], rows: Int, _ schema: IntermediateSchema, _ pooling: QuantizationScheme.Pooling) -> [Float] {
    var result = [Float](repeating: -1, count: rows * pooling.pooledSchema(of: schema).columnCount)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer {
        pooling.pool(values.baseAddress!, rows: rows, schema: schema, into: $0.baseAddress!)
      }
    }
    return result
  }

  @Test("Pooling changes the shape of maps, and nothing about named columns")
  func shapes() {
    let maps = IntermediateSchema.maps(channels: 3, height: 5, width: 4)
    #expect(QuantizationScheme.pool(2).pooledSchema(of: maps) == .maps(channels: 3, height: 3, width: 2))
    #expect(QuantizationScheme.pool(1).pooledSchema(of: maps) == maps)
    #expect(QuantizationScheme.pool(100).pooledSchema(of: maps) == .maps(channels: 3, height: 1, width: 1))
    #expect(QuantizationScheme.poolWholeMap.pooledSchema(of: maps) == .maps(channels: 3, height: 1, width: 1))
    #expect(QuantizationScheme.kbit().pooledSchema(of: maps) == maps)
    let dense = IntermediateSchema.maps(channels: 10, height: 1, width: 1)
    #expect(QuantizationScheme.pool(2).pooledSchema(of: dense) == dense)
    let columns = IntermediateSchema.columns([.init(name: "a", type: .float64)])
    #expect(QuantizationScheme.poolWholeMap.pooledSchema(of: columns) == columns)
  }

  @Test(
    "Averages and maxima are NumPy's for windows that fill a map and windows that do not", .enabled(if: NumPy.isInstalled),
    arguments: [(1, 1), (2, 2), (4, 4), (5, 7), (3, 1), (1, 6), (8, 5), (32, 32), (31, 17)])
  func numpy(height: Int, width: Int) throws {
    var random = SeededRandom(seed: UInt64(height * 100 + width))
    let (rows, channels) = (3, 2)
    let schema = IntermediateSchema.maps(channels: channels, height: height, width: width)
    let values = random.normals(rows * schema.columnCount)
    // Down the columns of a window and then across, in float32: the order that is promised.
    let script = """
      import json, sys, math, numpy as np
      d = json.load(sys.stdin)
      h, w = (int(d[k][0]) for k in ("h", "w"))
      x = np.array(d["x"], np.uint32).view(np.float32).reshape(-1, h, w)
      answer = {}
      for s in map(int, d["sizes"]):
        average, maximum = [], []
        for m in x:
          for top in range(0, h, s):
            for left in range(0, w, s):
              window = m[top:top + s, left:left + s]
              across = window[0].copy()
              for row in window[1:]: across = across + row
              total = across[0]
              for value in across[1:]: total = total + value
              average.append(total / np.float32(window.size))
              maximum.append(window.max())
        answer[f"average{s}"], answer[f"maximum{s}"] = (np.array(v, np.float32).view(np.uint32).tolist() for v in (average, maximum))
      print(json.dumps(answer))
      """
    let sizes = [1, 2, 3, 5, max(height, width)]
    let answer = try NumPy.run(
      script, input: ["x": NumPy.bits(values), "h": [Double(height)], "w": [Double(width)], "sizes": sizes.map(Double.init)])
    for size in sizes {
      let window = size == max(height, width) ? QuantizationScheme.Pooling.Window.wholeMap : .size(size)
      for kind in [QuantizationScheme.Pooling.Kind.average, .maximum] {
        let expected = NumPy.floats(answer["\(kind)\(size)"])
        #expect(pool(values, rows: rows, schema, .init(kind, window: window)) == expected, "\(kind), size \(size)")
      }
    }
  }

  @Test("A NaN makes its window NaN and no other, for averages and maxima", arguments: [QuantizationScheme.Pooling.Kind.average, .maximum])
  func nans(kind: QuantizationScheme.Pooling.Kind) {
    for side in [4, 5] {
      for place in 0..<side * side {
        var values = (0..<side * side).map { Float($0) }
        values[place] = .nan
        let schema = IntermediateSchema.maps(channels: 1, height: side, width: side)
        let result = pool(values, rows: 1, schema, .init(kind))
        let across = (side + 1) / 2
        for (window, value) in result.enumerated() {
          #expect(value.isNaN == (window == place / side / 2 * across + place % side / 2), "NaN at \(place) of \(side)x\(side)")
        }
        #expect(pool(values, rows: 1, schema, .init(kind, window: .wholeMap))[0].isNaN)
      }
    }
  }

  @Test("A map is pooled to the same bits whatever it is pooled together with")
  func batches() {
    var random = SeededRandom(seed: 3)
    for side in [6, 7] {
      let schema = IntermediateSchema.maps(channels: 5, height: side, width: side)
      let values = random.normals(9 * schema.columnCount, scale: 1e6)
      for pooling in [QuantizationScheme.Pooling(), .init(.average, window: .wholeMap), .init(.average, window: .size(3))] {
        let together = pool(values, rows: 9, schema, pooling)
        let apart = (0..<9).flatMap { row in
          pool(Array(values[row * schema.columnCount..<(row + 1) * schema.columnCount]), rows: 1, schema, pooling)
        }
        #expect(together == apart)
      }
    }
  }
}
