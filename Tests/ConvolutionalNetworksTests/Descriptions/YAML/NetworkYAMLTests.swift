import Foundation
import Groundwork
import TestSupport
import Testing

@testable import ConvolutionalNetworks

struct NetworkYAMLTests {
  @Test("CIFAR10_CNN in YAML is the one in Swift")
  func cifar10CNN() throws {
    let yaml = """
      name: CIFAR10_CNN
      input: [3, 32, 32]
      layers:
        - convolution: {channels: 32, kernel: 3, relu: false}
        - relu
        - convolution: {channels: 32, padding: valid, relu: false}
        - relu: {}
        - maxPool: 2
        - dropout: 0.25
        - convolution: {channels: 64, padding: same, stride: 1, relu: false}
        - relu
        - convolution: {channels: 64, padding: valid, relu: false}
        - relu: {frozen: false}
        - maxPool: {size: 2}
        - dropout: {rate: 0.25}
        - flatten
        - dense: {units: 512, relu: false}
        - relu
        - dropout: 0.5
        - dense: {units: 10, relu: false}
        - softmax
      """
    #expect(try NetworkDescription(yaml: yaml, origin: "here") == .cifar10CNN())
    try withTemporaryDirectory { directory in
      let file = directory.appendingPathComponent("network.yaml")
      try Data(yaml.utf8).write(to: file)
      #expect(try NetworkDescription(contentsOf: file) == .cifar10CNN())
    }
  }

  @Test("Every kind of layer can be written")
  func everyKindInYAML() throws {
    let yaml = """
      name: every kind
      input: [3, 32, 32]
      layers:
        - convolution: {channels: 8, stride: 2, relu: false}
        - batchNormalization
        - convolution: {channels: 8, relu: false}
        - add: {inputs: [1, 2, 3], dropout: 0.1}
        - maxPool: 2
        - averagePool: {size: 2, inputs: [4]}
        - add: {inputs: [5, 6], relu: false}
        - add: {inputs: [7, 7]}
        - convolution: {channels: 12, kernel: 1}
        - globalAveragePool: {}
        - dense: {units: 12, inputs: [8]}
        - add: {inputs: [10, 11], relu: true}
        - convolution: {channels: 16, kernel: 1, relu: false}
        - batchNormalization: {relu: false}
        - flatten: {dropout: 0.2}
        - dense: {units: 10, relu: false}
      """
    #expect(try NetworkDescription(yaml: yaml, origin: "here") == .everyKind)
    let frozen = try NetworkDescription(
      yaml: "{name: n, input: [1, 4, 4], layers: [convolution: {channels: 2, padding: valid, frozen: true}, flatten]}", origin: "here")
    #expect(frozen.layerDescriptions == [.convolution(2, padding: .valid).frozen(), .flatten])
    let activations = try NetworkDescription(
      yaml:
        "{name: n, input: [1, 4, 4], layers: [relu: {dropout: 0.1}, dropout: {rate: 0.2, inputs: [0], frozen: true}, softmax: {inputs: [1]}]}",
      origin: "here")
    #expect(activations.layerDescriptions == [.relu.dropout(0.1), .dropout(0.2).reading(0).frozen(), .softmax.reading(1)])
  }

  @Test(
    "An error names the line, the key and what is allowed",
    arguments: [
      ("- convolutoin: 3", "4: layers.1.convolutoin: ", "allowed here: convolution, maxPool"),
      ("- flaten", "4: layers.1: ", "allowed here: convolution"),
      (
        "- convolution: {chanels: 3}", "4: layers.1.convolution.chanels: ",
        "channels, kernel, stride, padding, dilation, groups, bias, relu, module, inputs, frozen, dropout"
      ),
      ("- convolution: {kernel: 3}", "4: layers.1.convolution.channels: ", "required and missing"),
      ("- maxPool", "4: layers.1.size: ", "required and missing"),
      ("- maxPool: two", "4: layers.1.maxPool: ", "expected a whole number, or two: [rows, columns], got \"two\""),
      ("- maxPool: \"2\"", "4: layers.1.maxPool: ", "expected a whole number"),
      ("- flatten: 2", "4: layers.1.flatten: ", "expected a mapping, such as {}, got \"2\""),
      ("- flatten:", "4: layers.1.flatten: ", "got nothing"),
      ("- {maxPool: 2, dropout: 0.5}", "4: layers.1: ", "one kind"),
      ("- [maxPool]", "4: layers.1: ", "expected a text, got a list"),
      ("- dense: {units: 2, relu: 1}", "4: layers.1.dense.relu: ", "expected true or false, got \"1\""),
      (
        "- convolution: {channels: 2, padding: some}", "4: layers.1.convolution.padding: ",
        "expected same, valid, a whole number, [rows, columns] or [top, bottom, left, right], got \"some\""
      ),
      ("- maxPool: {size: 2, dropout: half}", "4: layers.1.maxPool.dropout: ", "expected a number, got \"half\""),
      ("- flatten\n  - add: {inputs: 1}", "5: layers.2.add.inputs: ", "expected a list, got \"1\""),
      ("- flatten\n  - add: {inputs: [0, 2]}", "5: layers.2: ", "cannot read layer 2"),
      ("- flatten\n  - add: {inputs: [0, 1]}", "5: layers.2: ", "layer 1, which it adds, has the shape (3072, 1, 1)"),
      ("- maxPool: 33", "4: layers.1: ", "33 x 33 does not fit"),
      ("- dense: 9223372036854775807", "4: layers.1: ", "activations, more than the 4294967296"),
      ("- convolution: {channels: 2, kernel: 9223372036854775807}", "4: layers.1: ", "weights, more than the 4294967296"),
      ("- maxPool: {size: 2, dropout: 1.5}", "4: layers.1: ", "dropout rate"),
      ("- relu: 1", "4: layers.1.relu: ", "expected a mapping, such as {}, got \"1\""),
      (
        "- convolution: {channels: 2, padding: [1, 2, 3]}", "4: layers.1.convolution.padding: ", "[top, bottom, left, right], got 3 numbers"
      ),
      ("- convolution: {channels: 2, kernel: [1]}", "4: layers.1.convolution.kernel: ", "[rows, columns], got 1 numbers"),
      ("- convolution: {channels: 2, padding: -1}", "4: layers.1: ", "padding must be 0 to 65536, got -1"),
      ("- convolution: {channels: 2, kernel: 4}", "4: layers.1: ", "stride 1 is [1, 2, 1, 2]: top"),
      ("- convolution: {channels: 2, dilation: 99999999}", "4: layers.1: ", "dilation must be at most 65536"),
      ("- convolution: {channels: 2, groups: 2}", "4: layers.1: ", "2 groups do not divide the 3 maps"),
      ("- maxPool: {size: 2, padding: 2}", "4: layers.1: ", "a window could lie on nothing but padding"),
      ("- maxPool: {size: 40, padding: 3}", "4: layers.1: ", "a window of 40 x 40 does not fit"),
      ("- layerNormalization: {epsilon: 0}", "4: layers.1: ", "epsilon must be a number above 0"),
      ("- layerNormalization: {over: batch}", "4: layers.1.layerNormalization.over: ", "expected example or channels or group"),
      ("- concatenate: {inputs: [0]}", "4: layers.1: ", "it must read two or more layers"),
      ("- shortcut: {stride: 2, before: -1}", "4: layers.1: ", "before must be 0 to 65536, got -1"),
      ("- shortcut: 0", "4: layers.1: ", "stride must be at least 1"),
      ("- Conv2d: {channels: 2}", "4: layers.1.Conv2d: ", "Write convolution"),
      ("- linear: 10", "4: layers.1.linear: ", "Write dense"),
      ("- GroupNorm: {}", "4: layers.1.GroupNorm: ", "one group"),
      ("- lstm: {}", "4: layers.1.lstm: ", "the Python package mistique"),
      ("- softmax: {axis: 1}", "4: layers.1.softmax.axis: ", "unknown entry; allowed here: inputs, frozen"),
      ("- softmax: {dropout: 0.1}", "4: layers.1.softmax.dropout: ", "unknown entry; allowed here: inputs, frozen"),
      ("- softmax\n  - relu", "4: layers.1: ", "a softmax must be the last layer"),
      ("- dropout", "4: layers.1.rate: ", "required and missing"),
      ("- dropout: {}", "4: layers.1.dropout.rate: ", "required and missing"),
      ("- dropout: half", "4: layers.1.dropout: ", "expected a number, got \"half\""),
      ("- dropout: 1", "4: layers.1: ", "a dropout rate must be at least 0 and below 1, got 1.0"),
      ("- dropout: {rate: 0.1, dropout: 0.2}", "4: layers.1.dropout.dropout: ", "unknown entry; allowed here: rate, inputs, frozen"),
      ("- maxPool: {size: 2, size: 3}", ":", "duplicate key"),
      ("- {", ":", "not valid YAML"), ("- convolution: &c {channels: 2}", "4: ", "\"&c\" may be a YAML anchor or alias"),
      ("- *c", "4: ", "\"*c\" may be a YAML anchor or alias"),
    ])
  func errors(layer: String, place: String, problem: String) {
    let text = "name: n\ninput: [3, 32, 32]\nlayers:\n  \(layer)\n"
    do {
      _ = try NetworkDescription(yaml: text, origin: "net.yaml")
      Issue.record("no error for \(layer)")
    } catch {
      #expect(error is NetworkFileError)
      #expect("\(error)".hasPrefix("net.yaml:") && "\(error)".contains(place) && "\(error)".contains(problem), "\(error)")
    }
  }

  @Test(
    "A text that is no network is refused",
    arguments: [
      ("", "the text is empty"), ("layers: []", "name: this entry is required"),
      ("{name: n, input: [3, 32], layers: [flatten]}", "[channels, height, width], or one, [values], got 2"),
      ("{name: n, input: [3, 0, 32], layers: [flatten]}", "empty input"),
      ("{name: n, input: [9223372036854775807, 2, 2], layers: [flatten]}", "more than 4294967296 values"),
      ("{name: n, input: [3, 2, 2], layers: []}", "no layers"),
      ("{name: n, input: [3, 2, 2], layer: []}", "allowed here: name, input, normalization, layers"), ("[1]", "expected a mapping"),
    ])
  func noNetwork(text: String, problem: String) {
    do {
      _ = try NetworkDescription(yaml: text, origin: "net.yaml")
      Issue.record("no error")
    } catch { #expect("\(error)".hasPrefix("net.yaml:1: ") && "\(error)".contains(problem), "\(error)") }
  }

  @Test("A billion laughs are an error at once, also where they would be the key of a mapping, and so is a text that is no network's size")
  func bomb() throws {
    let start = ContinuousClock.now
    #expect { try NetworkDescription(yaml: YAMLBomb.text, origin: "net.yaml") } throws: { "\($0)".hasPrefix("net.yaml:1: \"&a0\" may be") }
    for text in YAMLBomb.disguised {
      #expect { try NetworkDescription(yaml: text, origin: "net.yaml") } throws: { "\($0)".hasPrefix("net.yaml:1: \"&a0\" may be") }
    }
    let long = "name: " + String(repeating: "x", count: 1 << 20)
    #expect { try NetworkDescription(yaml: long, origin: "net.yaml") } throws: { "\($0)".contains("at most 1048576 bytes") }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  /// Numbers of every size in every place of a network: an error or a network, and never a trap.
  @Test("Numbers of any size give a network or an error", arguments: 0..<400 as Range<UInt64>)
  func numbers(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number() -> Int {
      let some = [0, 1, 2, 3, -1, 31, 33, 1 << 16, 1 << 31, 1 << 32, 1 << 40, 3_037_000_501, Int.max, Int.max - 1, Int.min]
      return some[random.next(below: some.count)]
    }
    let layers: [() -> String] = [
      {
        "convolution: {channels: \(number()), kernel: \(number()), stride: \(number()), padding: \(["same", "valid"][random.next(below: 2)])}"
      },
      { "maxPool: \(number())" }, { "averagePool: \(number())" }, { "dense: \(number())" }, { "flatten" }, { "globalAveragePool" },
      { "relu" }, { "softmax" }, { "dropout: \(number())" }, { "batchNormalization" }, { "add: {inputs: [\(number()), \(number())]}" },
      { "convolution: 3" },
    ]
    let chosen = (0..<1 + random.next(below: 4)).map { _ in "  - " + layers[random.next(below: layers.count)]() }
    let isPlain = random.next(below: 2) == 0
    let input = isPlain ? "[3, 32, 32]" : "[\(number()), \(number()), \(number())]"
    let text = "name: n\ninput: \(input)\nlayers:\n\(chosen.joined(separator: "\n"))\n"
    do {
      let network = try NetworkDescription(yaml: text, origin: "net.yaml")
      let all = try? network.layers()
      for layer in all ?? [] {
        #expect(layer.shape.columnCount <= NetworkDescription.largestValueCount && layer.flopsPerImage.isFinite)
        #expect(layer.parameterShapes.allSatisfy { $0.reduce(1, *) <= NetworkDescription.largestValueCount })
      }
      #expect(all != nil)
    } catch { #expect(error is NetworkFileError, "\(text): \(error)") }
  }

  @Test("A file that is missing, a folder, not UTF-8 or without end is named, and no more of it is read than a network may have")
  func unreadableFiles() throws {
    func message(_ path: String) throws -> String {
      try #require(throws: NetworkFileError.self) { try NetworkDescription(contentsOf: URL(fileURLWithPath: path)) }.description
    }
    #expect(try message("/nowhere/net.yaml") == "/nowhere/net.yaml:1: the file cannot be read: No such file or directory; check the path")
    #expect(try message("/") == "/:1: the file cannot be read: Is a directory; check the path")
    #expect(try message("/dev/zero") == "/dev/zero:1: a network has at most 1048576 bytes; this is none")
    let folder = TemporaryDirectory("network-yaml")
    let latin = folder.url.appendingPathComponent("latin.yaml")
    try Data([0x6E, 0xE9, 0x0A]).write(to: latin)
    let marked = folder.url.appendingPathComponent("marked.yaml")
    try Data("\u{FEFF}name: n\ninput: [4]\nlayers: [{dense: 2}]\n".utf8).write(to: marked)
    #expect(try NetworkDescription(contentsOf: marked).name == "n")
    #expect(try message(latin.path).hasSuffix(":1: the file is not UTF-8 text; give the network's YAML file, and save it as UTF-8"))
  }
}
