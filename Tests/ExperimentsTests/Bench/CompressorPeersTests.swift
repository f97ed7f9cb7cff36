import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

@Suite struct CompressorPeersTests {
  private func compressed(_ bytes: Int, error: Double?, equal: Bool = false) -> CompressorPeers.Compressed {
    .init(bytes: bytes, compressSeconds: 1, decompressSeconds: 1, largestError: error, equal: equal)
  }

  @Test("A bound is kept up to the bound itself, never by what is no number; without one every bit counts")
  func keeps() {
    #expect(compressed(1, error: 0.5).keeps(0.5) && !compressed(1, error: 0.5.nextUp).keeps(0.5))
    #expect(!compressed(1, error: nil, equal: true).keeps(0.5))
    // -0 for 0: no error, but another bit.
    #expect(!compressed(1, error: 0).keeps(nil) && compressed(1, error: 0, equal: true).keeps(nil))
  }

  @Test("The smallest setting is one that keeps the bound, and there may be none")
  func smallest() {
    let results = [compressed(90, error: 0.1), compressed(70, error: 0.2), compressed(70, error: 0.1), compressed(10, error: 0.3)]
    let tried = results.enumerated().map { (setting: CompressorPeers.Setting(dimensions: $0, option: 0, name: ""), result: $1) }
    #expect(CompressorPeers.smallest(tried, within: 0.2)?.setting.dimensions == 1)
    #expect(CompressorPeers.smallest(tried, within: 0.1)?.setting.dimensions == 2)
    #expect(CompressorPeers.smallest(tried, within: 0.05) == nil)
    #expect(CompressorPeers.smallest(tried, within: nil) == nil)
  }

  /// With whatever Python has NumPy: one that make bench-peers made has the peers too, others say what they lack.
  @Test("Every peer is there or said to be missing, and one that is there gives back what it may")
  func peers() throws {
    guard let python = try PythonWorker.find(importing: "numpy", among: [".build-peers/bin/python"] + PythonWorker.onPath) else { return }
    let folder = TemporaryDirectory("compressors")
    let schema = IntermediateSchema.maps(channels: 4, height: 8, width: 8)
    let matrix = FloatMatrix(rows: 16, columns: schema.columnCount) { values in
      for place in values.indices { values.initializeElement(at: place, to: max(0, sin(Float(place) * 0.3))) }
    }
    try LayerArray(name: "layer", schema: schema, matrix: matrix).writeNumPy(to: folder.url)
    let others = try CompressorPeers(python: python, arrays: folder.url)
    let list = try others.list()
    #expect(Set(list.peers.map(\.name) + list.missing.map(\.name)) == ["pcodec", "sz3", "sz3_default", "zfp", "zfp_widest"])
    #expect(list.missing.allSatisfy { !$0.reason.isEmpty })
    for peer in list.peers {
      let settings = try others.settings(peer, "layer")
      #expect(Set(settings.map(\.dimensions)) == (peer.bounded ? [1, 2, 3, 4] : [1]))
      for setting in settings {
        let compressed = try others.compress(peer, "layer", setting, bound: 0.05)
        #expect(compressed.equal == !peer.bounded && (1..<16 * 256 * 4).contains(compressed.bytes), "\(peer.name), \(setting.name)")
        // Wider tolerances than the bound promise nothing.
        if peer.name != "zfp_widest" || setting.option == 0 {
          #expect(compressed.keeps(peer.bounded ? 0.05 : nil), "\(peer.name), \(setting.name)")
        }
      }
    }
    #expect(throws: PythonError.self) { try others.settings(.init(name: "none", version: "", settings: "", bounded: true), "layer") }
  }
}
