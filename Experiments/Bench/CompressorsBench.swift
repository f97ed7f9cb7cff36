import ExperimentKit
import Foundation
import Mistique

/// BOUND_QT beside SZ3 and ZFP at equal bounds, and full precision beside pcodec: bytes, and gigabytes of float32 a second both ways.
///
/// The peers compress a whole layer in memory, as one stream, with one thread. Ours writes durable files that any map can be read from, with all cores;
/// the same is measured on one core too. Everything alternates in one run, page cache warm.
struct CompressorsBench {
  let storage: StorageBench
  let others: CompressorPeers
  let report: BenchReport
  let repetitions: Int

  private static let part = "compressors"
  private static let bounded = QuantizationScheme.bound(.relative(0.2))

  /// A layer with the absolute error that our quantizer allows itself on it.
  private struct Layer {
    let array: LayerArray
    let bound: Double
  }

  /// A peer with the settings that suit it best, layer by layer.
  private struct Contender {
    let peer: CompressorPeers.Peer
    let settings: [CompressorPeers.Setting]
    let bytes: Int
  }

  /// Seconds for all layers, in and out, of every repetition.
  private struct Seconds {
    var storing: [Double] = []
    var reading: [Double] = []

    mutating func add(_ other: (storing: Double, reading: Double)) {
      storing.append(other.storing)
      reading.append(other.reading)
    }
  }

  func run() throws {
    let list = try others.list()
    for peer in list.peers { report.say("peer \(peer.name) (\(peer.version)): \(peer.settings)") }
    for peer in list.missing { report.say("peer \(peer.name) cannot be had here, and is left out: \(peer.reason)") }
    report.record(Self.part, "compressors_measured", Double(list.peers.count), unit: "peers")
    report.record(Self.part, "compressors_missing", Double(list.missing.count), unit: "peers")
    guard !list.peers.isEmpty else { return report.say("No compressor can be had: nothing is compared with them") }
    let layers = try bounds()
    guard !layers.isEmpty else { throw BenchFailure(what: "no layer has a bound to compare at") }
    try measure(layers, try list.peers.compactMap { try contender($0, layers) })
  }

  /// The layers that have a bound: all but those whose sample is zero throughout.
  private func bounds() throws -> [Layer] {
    let logged = try storage.log(nil, .init(scheme: Self.bounded))
    return try storage.arrays.enumerated().compactMap { index, array in
      let stored = try logged.intermediate(index)
      guard let bound = try stored.largestError(column: 0), bound > 0 else {
        report.say("\(array.name) has no bound above zero, and is left out")
        return nil
      }
      let read = try FloatMatrix(rows: array.rows, columns: array.matrix.columns) { try stored.read([0..<array.matrix.columns], into: $0) }
      let largest = read.withValues { read in array.matrix.withValues { ValueDifference.greatest($0, read) } }
      guard largest <= bound else {
        throw BenchFailure(what: "ours: \(array.name) errs by \(largest), more than \(bound): this is a defect of the store")
      }
      report.record(Self.part, "\(array.name).bound", bound, unit: "1")
      report.record(Self.part, "\(array.name).mistique_error", largest / bound, unit: "bounds")
      return Layer(array: array, bound: bound)
    }
  }

  /// Tries every setting on every layer. A peer that breaks a bound with all of them is not compared with.
  private func contender(_ peer: CompressorPeers.Peer, _ layers: [Layer]) throws -> Contender? {
    var (settings, bytes, beyond): ([CompressorPeers.Setting], Int, [String]) = ([], 0, [])
    var trials = 0
    var broken: [String] = []
    for layer in layers {
      let (name, bound) = (layer.array.name, peer.bounded ? layer.bound : nil)
      let tried = try others.settings(peer, name).map { setting in
        (setting: setting, result: try others.compress(peer, name, setting, bound: layer.bound))
      }
      trials += tried.count
      broken += tried.filter { !$0.result.keeps(bound) }.map { "\(name) with \($0.setting.name)" }
      guard let (setting, smallest) = CompressorPeers.smallest(tried, within: bound) else {
        beyond.append(name)
        continue
      }
      report.say("\(name): \(peer.name) is smallest with \(setting.name)")
      report.record(Self.part, "\(name).\(peer.name)_dimensions", Double(setting.dimensions), unit: "1")
      report.record(Self.part, "\(name).\(peer.name)_option", Double(setting.option), unit: "1")
      report.record(Self.part, "\(name).\(peer.name)_bits_per_value", bits(smallest.bytes, layer.array), unit: "bit")
      if peer.bounded, let largest = smallest.largestError {
        report.record(Self.part, "\(name).\(peer.name)_error", largest / layer.bound, unit: "bounds")
      }
      settings.append(setting)
      bytes += smallest.bytes
    }
    let examples = broken.isEmpty ? "" : ", which do not count, such as \(broken.prefix(3).joined(separator: "; "))"
    report.say("\(peer.name) went beyond the bound in \(broken.count) of \(trials) trials\(examples)")
    report.record(Self.part, "\(peer.name).trials_beyond_bound", Double(broken.count), unit: "trials")
    report.record(Self.part, "\(peer.name).layers_beyond_bound", Double(beyond.count), unit: "layers")
    guard beyond.isEmpty else {
      report.say("\(peer.name) does not keep to the bound of \(beyond.joined(separator: ", ")), and is not compared with")
      return nil
    }
    report.record(Self.part, "\(peer.name).bytes", Double(bytes), unit: "B")
    return Contender(peer: peer, settings: settings, bytes: bytes)
  }

  private func measure(_ layers: [Layer], _ contenders: [Contender]) throws {
    let kinds: [(name: String, scheme: QuantizationScheme)] = [("bound", Self.bounded), ("full", .none)].filter { kind in
      contenders.contains { Self.kind($0.peer) == kind.name }
    }
    var (bytes, own, alone, theirs): ([String: Int], [String: Seconds], [String: Seconds], [String: Seconds]) = ([:], [:], [:], [:])
    for (name, scheme) in kinds {
      for layer in layers {
        report.record(
          Self.part, "\(layer.array.name).\(name)_bits_per_value",
          bits(try storage.log([layer.array], .init(scheme: scheme)).fileBytes, layer.array), unit: "bit")
      }
    }
    for _ in 0..<min(3, repetitions) {
      for (name, scheme) in kinds {
        let all = try ours(layers, scheme)
        bytes[name] = all.bytes
        own[name, default: .init()].add(all.seconds)
        alone[name, default: .init()].add(try OneCore.run { try ours(layers, scheme).seconds })
      }
      for contender in contenders { theirs[contender.peer.name, default: .init()].add(try pass(contender, layers)) }
    }
    let raw = Double(layers.reduce(0) { $0 + $1.array.rawBytes })
    for (name, _) in kinds {
      report.record(Self.part, "\(name).bytes", Double(bytes[name]!), unit: "B")
      rates(of: name, own[name]!, raw)
      rates(of: "\(name).one_core", alone[name]!, raw)
    }
    for contender in contenders {
      let (peer, kind) = (contender.peer.name, Self.kind(contender.peer))
      rates(of: peer, theirs[peer]!, raw)
      report.record(Self.part, "\(kind)_vs_\(peer)_bytes", Double(bytes[kind]!) / Double(contender.bytes), unit: "1")
      for (cores, seconds) in [("", own[kind]!), ("one_core_", alone[kind]!)] {
        let (storing, reading) = (\Seconds.storing, \Seconds.reading)
        report.record(Self.part, "\(kind)_vs_\(peer)_\(cores)speed", ratio(theirs[peer]!, seconds, storing), unit: "1")
        report.record(Self.part, "\(kind)_vs_\(peer)_\(cores)read_speed", ratio(theirs[peer]!, seconds, reading), unit: "1")
      }
    }
  }

  /// Which of our encodings a peer is compared with.
  private static func kind(_ peer: CompressorPeers.Peer) -> String { peer.bounded ? "bound" : "full" }

  /// All layers into a new store, and each of them whole into memory that is there already.
  private func ours(_ layers: [Layer], _ scheme: QuantizationScheme) throws -> (bytes: Int, seconds: (storing: Double, reading: Double)) {
    let logged = try storage.log(layers.map(\.array), .init(scheme: scheme))
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: layers.map { $0.array.rawBytes / 4 }.max()!)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    try logged.openPartitions()
    var reading = 0.0
    for (index, layer) in layers.enumerated() {
      let stored = try logged.intermediate(index)
      let answer = UnsafeMutableBufferPointer(rebasing: target[..<(layer.array.rawBytes / 4)])
      reading += try Stopwatch.time { try stored.read([0..<layer.array.matrix.columns], into: answer) }.seconds
    }
    return (logged.fileBytes, (logged.seconds, reading))
  }

  private func pass(_ contender: Contender, _ layers: [Layer]) throws -> (storing: Double, reading: Double) {
    var seconds = (storing: 0.0, reading: 0.0)
    for (layer, setting) in zip(layers, contender.settings) {
      let once = try others.compress(contender.peer, layer.array.name, setting, bound: layer.bound)
      seconds = (seconds.storing + once.compressSeconds, seconds.reading + once.decompressSeconds)
    }
    return seconds
  }

  private func rates(of name: String, _ seconds: Seconds, _ raw: Double) {
    report.record(Self.part, "\(name).store_gb_per_s", raw / Timings.median(of: seconds.storing) / 1e9, unit: "GB/s")
    report.record(Self.part, "\(name).read_gb_per_s", raw / Timings.median(of: seconds.reading) / 1e9, unit: "GB/s")
  }

  private func ratio(_ theirs: Seconds, _ ours: Seconds, _ which: KeyPath<Seconds, [Double]>) -> Double {
    Timings.median(of: theirs[keyPath: which]) / Timings.median(of: ours[keyPath: which])
  }

  private func bits(_ bytes: Int, _ array: LayerArray) -> Double { Double(bytes) * 32 / Double(array.rawBytes) }
}
