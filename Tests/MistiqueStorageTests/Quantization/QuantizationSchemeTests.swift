import Foundation
import MistiqueStorage
import Testing

@Suite struct QuantizationSchemeTests {
  @Test("Schemes are described in the paper's words")
  func descriptions() {
    #expect("\(QuantizationScheme.none)" == "FULL")
    #expect("\(QuantizationScheme.lp16)" == "LP_QT(float16)")
    #expect("\(QuantizationScheme.kbit())" == "KBIT_QT(8)")
    #expect("\(QuantizationScheme.kbit(3, per: .channel))" == "KBIT_QT(3 per channel)")
    #expect("\(QuantizationScheme.threshold())" == "THRESHOLD_QT(0.995)")
    #expect("\(QuantizationScheme.pool(2).then(.kbit(8)))" == "POOL_QT(average 2x2) + KBIT_QT(8)")
    #expect("\(QuantizationScheme.pool(4, .maximum))" == "POOL_QT(maximum 4x4)")
    #expect("\(QuantizationScheme.poolWholeMap.then(.lowerPrecision(.float16)))" == "POOL_QT(average whole map) + LP_QT(float16)")
  }

  @Test(
    "A parameter that makes no sense is refused with what to use instead",
    arguments: [
      (QuantizationScheme.kbit(0), "0 bits"), (.kbit(9), "9 bits"), (.kbit(-1), "-1 bits"), (.threshold(1), "1.0"),
      (.threshold(-0.1), "-0.1"), (.threshold(.nan), "nan"), (.pool(0), "0x0"), (.pool(-3).then(.kbit()), "-3x-3"),
    ])
  func refusals(scheme: QuantizationScheme, named: String) {
    #expect {
      try scheme.validate()
    } throws: {
      ($0 as? StoreError)?.code == .invalid && "\($0)".contains(named) && "\($0)".contains("Use ")
    }
    #expect(throws: StoreError.self) { try scheme.then(.threshold(2)).validate() }
  }

  @Test("A scheme that is not valid is not fitted")
  func notFitted() {
    let sample: [Float] = [1]
    #expect(throws: StoreError.self) {
      try sample.withUnsafeBufferPointer { try QuantizationScheme.Values.kbit(0).fitted(column: $0) }
    }
  }

  @Test("Valid schemes are accepted, the outermost parameters too")
  func accepted() throws {
    for scheme in [QuantizationScheme.none, .lp32, .kbit(1), .kbit(8), .threshold(0), .threshold(0.999999), .pool(1), .poolWholeMap] {
      try scheme.validate()
    }
  }

  @Test("Only floating point columns are quantized")
  func applicability() {
    for type in ColumnType.allCases {
      #expect(!QuantizationScheme.Values.full.applies(to: type))
      #expect(QuantizationScheme.Values.lowerPrecision(.float32).applies(to: type) == (type == .float64))
      for values in [QuantizationScheme.Values.lowerPrecision(.float16), .kbit(), .threshold()] {
        #expect(values.applies(to: type) == (type == .float32 || type == .float64))
      }
    }
  }

  @Test("A scheme survives being written as JSON")
  func coding() throws {
    for scheme in [
      QuantizationScheme.none, .lp16, .kbit(5, per: .column), .threshold(0.25, per: .channel), .pool(3).then(.kbit()), .poolWholeMap,
    ] {
      #expect(try JSONDecoder().decode(QuantizationScheme.self, from: JSONEncoder().encode(scheme)) == scheme)
    }
  }

  @Test("Codebooks of a column each are refused where they would fill the memory")
  func tooManyCodebooks() {
    let schema = IntermediateSchema.maps(channels: 64, height: 224, width: 224)
    let sample = [Float](repeating: 0, count: schema.columnCount)
    #expect {
      try sample.withUnsafeBufferPointer {
        try QuantizationScheme.Values.kbit(8, per: .column).fitted(sample: $0.baseAddress!, rows: 1, schema: schema)
      }
    } throws: {
      ($0 as? StoreError)?.code == .invalid
    }
  }
}
