import Foundation
import MistiqueStorage
import Testing

@testable import Mistique

@Suite("Storage policies") struct StoragePolicyTests {
  @Test("A gamma that is negative or not finite is refused", arguments: [-1, -.infinity, .infinity, .nan, -0.001])
  func gamma(value: Double) {
    #expect { try StoragePolicy.adaptive(gamma: value) } throws: { ($0 as? StoreError)?.code == .invalid }
  }

  @Test("A policy comes back from the receipt it was written to, with the bytes of every version")
  func coding() throws {
    let policies: [(StoragePolicy, String)] = [
      (.none, #""materialization":"none","#), (.storeAll, #""materialization":"STORE_ALL","#), (.dedup, #""materialization":"DEDUP","#),
      (try .adaptive(gamma: 0.5), #""gamma":0.5,"materialization":"adaptive","#),
      (.dedup.quantized(.pool(2).then(.kbit(8))), #""materialization":"DEDUP","#),
      (.algorithm4, #""derivesColumns":false,"materialization":"DEDUP","#),
      (.algorithm4.quantized(.lp16), #""derivesColumns":false,"materialization":"DEDUP","#),
      (.dedup.quantized(.lp16, exactUpTo: 10), #""exactColumns":10,"materialization":"DEDUP","#),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for (policy, part) in policies {
      let json = try encoder.encode(policy)
      #expect(String(decoding: json, as: UTF8.self).contains(part))
      #expect(try JSONDecoder().decode(StoragePolicy.self, from: json) == policy)
    }
    let plain = try String(decoding: encoder.encode(StoragePolicy.dedup), as: UTF8.self)
    #expect(!plain.contains("derivesColumns") && !plain.contains("exactColumns"), "as in older receipts")
  }

  @Test("Layers of few columns are excepted from a scheme, and named columns are not")
  func exactColumns() {
    let policy = StoragePolicy.dedup.quantized(.lp16, exactUpTo: 10)
    #expect(policy != .dedup.quantized(.lp16) && policy.description == "DEDUP + LP_QT(float16) (automatic, exact up to 10 columns)")
    for (schema, scheme) in [
      (.maps(channels: 10, height: 1, width: 1), .none), (.maps(channels: 11, height: 1, width: 1), .lp16),
      (.maps(channels: 1, height: 3, width: 4), .lp16), (.columns([]), .lp16),
    ] as [(IntermediateSchema, QuantizationScheme)] { #expect(policy.writerOptions(for: schema).scheme == scheme) }
    #expect(StoragePolicy.dedup.quantized(.none, exactUpTo: 10) == .dedup, "there is nothing to except")
    #expect(StoragePolicy.dedup.quantized(.lp16, exactUpTo: -1) == .dedup.quantized(.lp16))
    #expect(policy.quantized(.lp16) == .dedup.quantized(.lp16))
    #expect(!policy.storesAs(.dedup.quantized(.lp16)) && policy.storesAs(policy))
  }

  @Test("The paper's DEDUP differs from ours in derived columns alone, and says so")
  func algorithm4() {
    #expect(StoragePolicy.algorithm4 != .dedup)
    #expect(StoragePolicy.algorithm4.description == "DEDUP (automatic, without derived columns)")
    let options = StoragePolicy.algorithm4.writerOptions(for: .columns([]))
    #expect(options.deduplicates && options.similarity != nil && !options.derivesColumns)
    #expect(StoragePolicy.dedup.writerOptions(for: .columns([])).derivesColumns)
    #expect(!StoragePolicy.storeAll.writerOptions(for: .columns([])).derivesColumns)
  }

  @Test(
    "A receipt with a gamma that cannot be is refused",
    arguments: [#""adaptive","gamma":-1"#, #""adaptive""#, #""DEDUP","gamma":1"#, #""adaptive","gamma":1e999"#, #""everything""#])
  func hostile(part: String) throws {
    let json = #"{"codec":{"automatic":{}},"quantization":{"values":{"full":{}}},"similarity":"columns","materialization":\#(part)}"#
    #expect(throws: (any Error).self) { try JSONDecoder().decode(StoragePolicy.self, from: Data(json.utf8)) }
    let sound = #"{"codec":{"automatic":{}},"quantization":{"values":{"full":{}}},"similarity":"columns","materialization":"DEDUP"}"#
    #expect(try JSONDecoder().decode(StoragePolicy.self, from: Data(sound.utf8)) == .dedup)
  }
}
