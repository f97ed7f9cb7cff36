import Foundation
import Testing

@testable import ConvolutionalNetworks

struct CIFAR10Tests {
  /// A batch of `count` records; record r has label r % 10 and every byte r + plane.
  private func batch(_ count: Int, firstLabel: Int = 0) -> Data {
    var data = Data()
    for record in 0..<count {
      data.append(UInt8((record + firstLabel) % 10))
      for plane in 0..<3 { data.append(Data(repeating: UInt8(record + 50 * plane), count: 1_024)) }
    }
    return data
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("Batches are read in the order of their numbers, with gaps")
  func order() throws {
    try withTemporaryDirectory { directory throws in
      let folder = directory.appendingPathComponent("cifar-10-batches-bin")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try batch(2, firstLabel: 8).write(to: folder.appendingPathComponent("data_batch_10.bin"))
      try batch(3).write(to: folder.appendingPathComponent("data_batch_2.bin"))
      try Data("airplane".utf8).write(to: folder.appendingPathComponent("batches.meta.txt"))
      for place in [directory, folder] {
        let images = try CIFAR10.load(directory: place)
        #expect(images.labels == [0, 1, 2, 8, 9])
        #expect(images.pixels[3_072 * 2] == 2)
        #expect(images.pixels[3_072 * 2 + 1_024] == 52)
        #expect(images.pixels.count == 5 * 3_072)
        guard case .real(let files) = images.source else { throw CocoaError(.featureUnsupported) }
        #expect(files.map(\.lastPathComponent) == ["data_batch_2.bin", "data_batch_10.bin"])
      }
      #expect(try CIFAR10.load(directory: directory, limit: 2).labels == [0, 1])
    }
  }

  @Test("Two batches of one number are refused, and neither is read twice")
  func sameNumber() throws {
    try withTemporaryDirectory { directory throws in
      for name in ["data_batch_1.bin", "data_batch_01.bin", "data_batch_2.bin"] {
        try batch(2).write(to: directory.appendingPathComponent(name))
      }
      let text = message { _ = try CIFAR10.load(directory: directory, limit: 1) }
      #expect(text.hasPrefix("\(directory.path)/data_batch_01.bin and data_batch_1.bin are both training batch 1."), "\(text)")
      #expect(CIFAR10.isPresent(in: directory), "it is no folder without batches")
    }
  }

  @Test("A batch that was cut off is one clear error")
  func cutOff() throws {
    try withTemporaryDirectory { directory throws in
      let file = directory.appendingPathComponent("data_batch_1.bin")
      try batch(2).dropLast(5).write(to: file)
      let text = message { _ = try CIFAR10.load(directory: directory) }
      #expect(text.contains(file.path) && text.contains("multiple of 3073") && text.contains("6141 bytes") && text.contains("download"))
      try Data().write(to: file)
      #expect(message { _ = try CIFAR10.load(directory: directory) }.contains("it is empty"))
    }
  }

  @Test("A label above nine is an error that names file and record")
  func wrongLabel() throws {
    try withTemporaryDirectory { directory throws in
      var data = batch(3)
      data[3_073 * 2] = 77
      try data.write(to: directory.appendingPathComponent("data_batch_1.bin"))
      let text = message { _ = try CIFAR10.load(directory: directory) }
      #expect(text.contains("data_batch_1.bin") && text.contains("record 2") && text.contains("got 77"))
      // An image before the damage can be had: the record is not read.
      #expect(try CIFAR10.load(directory: directory, limit: 2).count == 2)
    }
  }

  @Test("A set of images with an impossible label is an error that names the image and its file")
  func imageSetErrors() throws {
    let pixels = [UInt8](repeating: 0, count: 3 * 3_072)
    let source = ImageSet.Source.real(files: [URL(fileURLWithPath: "/data/mine.bin")])
    #expect(try ImageSet(pixels: pixels, labels: [0, 9, 5], source: source).count == 3)
    #expect(throws: ImageSetError(.label(57, image: 1, source: source))) {
      try ImageSet(pixels: pixels, labels: [0, 57, 99], source: source)
    }
    let text = message { _ = try ImageSet(pixels: pixels, labels: [0, 57, 99], source: source) }
    #expect(text.contains("image 1 of mine.bin has the label 57") && text.contains("Number the classes from 0"))
    #expect(throws: ImageSetError(.pixelCount(pixels: 9_216, labels: 2, source: source))) {
      try ImageSet(pixels: pixels, labels: [1, 2], source: source)
    }
    #expect(try ImageSet(pixels: [], labels: [], source: source).count == 0)
  }

  @Test("The test batch is read and checked like the others")
  func testBatch() throws {
    try withTemporaryDirectory { directory throws in
      #expect(try CIFAR10.loadTest(directory: directory) == nil)
      let folder = directory.appendingPathComponent("cifar-10-batches-bin")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = folder.appendingPathComponent("test_batch.bin")
      try batch(5, firstLabel: 3).write(to: file)
      #expect(try CIFAR10.loadTest(directory: directory)?.labels == [3, 4, 5, 6, 7])
      #expect(try CIFAR10.loadTest(directory: folder, atMost: 2)?.labels == [3, 4])
      #expect(try CIFAR10.loadTest(directory: folder)?.source == .real(files: [file]))
      #expect(!CIFAR10.isPresent(in: directory), "it is no training batch")
      try (batch(1) + Data([57]) + Data(repeating: 0, count: 3_072)).write(to: file)
      let text = message { _ = try CIFAR10.loadTest(directory: directory) }
      #expect(text.contains("test_batch.bin") && text.contains("record 1") && text.contains("got 57"))
    }
  }

  @Test(
    "An error about records of another size says what is possible",
    arguments: [
      (3_074, "CIFAR-100"), (785, "28 x 28 pixels in grey"), (1 + 3 * 64 * 64, "64 x 64 pixels in three colours"), (3_073 - 1, "cut off"),
    ])
  func otherRecords(bytes: Int, words: String) throws {
    try withTemporaryDirectory { directory throws in
      try Data(repeating: 1, count: bytes * 4).write(to: directory.appendingPathComponent("data_batch_1.bin"))
      let text = message { _ = try CIFAR10.load(directory: directory) }
      #expect(text.contains(words) && text.contains("each is 3073 bytes: a label from 0 to 9, then 32 x 32 pixels"), "\(text)")
    }
  }

  @Test("Asking for more images than there are is an error that says how many there are")
  func tooFewImages() throws {
    try withTemporaryDirectory { directory throws in
      try batch(3).write(to: directory.appendingPathComponent("data_batch_1.bin"))
      let text = message { _ = try CIFAR10.load(directory: directory, limit: 4) }
      #expect(text.contains("4 images were asked for") && text.contains("there are 3"))
    }
  }

  @Test("A directory without batches is an error that says what was expected")
  func noBatches() throws {
    try withTemporaryDirectory { directory throws in
      let text = message { _ = try CIFAR10.load(directory: directory) }
      #expect(text.contains(directory.path) && text.contains("data_batch_1.bin"))
      #expect(!CIFAR10.isPresent(in: directory))
    }
  }

  @Test("Normalisation follows the formula and the order of the rows")
  func normalisation() {
    let images = GeneratedImages(seed: 3).images(count: 6)
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * 3_072)
    defer { buffer.deallocate() }
    images.normalize(rows: [5, 0, 5], into: buffer)
    for (position, row) in [5, 0, 5].enumerated() {
      for place in stride(from: 0, to: 3_072, by: 97) {
        let channel = place / 1_024
        let mean: Float = [0.4914, 0.4822, 0.4465][channel]
        let deviation: Float = [0.2470, 0.2435, 0.2616][channel]
        #expect(buffer[position * 3_072 + place] == (Float(images.pixels[row * 3_072 + place]) / 255 - mean) / deviation)
      }
    }
  }

  @Test("Mirroring twice changes nothing")
  func mirroring() {
    let images = GeneratedImages(seed: 3).images(count: 1)
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3_072)
    defer { buffer.deallocate() }
    images.normalize(rows: [0], into: buffer)
    let before = Array(buffer)
    ImageSet.mirror(buffer.baseAddress!)
    #expect(buffer[0] == before[31] && buffer[33] == before[62] && Array(buffer) != before)
    ImageSet.mirror(buffer.baseAddress!)
    #expect(Array(buffer) == before)
  }

  @Test("The real first batch has the known labels and means", .enabled(if: realData != nil))
  func realBatch() throws {
    let images = try CIFAR10.load(directory: realData!, limit: 10_000)
    // The first images of the first batch: a frog and two trucks.
    #expect(images.labels.prefix(3).map { CIFAR10.labelNames[Int($0)] } == ["frog", "truck", "truck"])
    for channel in 0..<3 {
      var sum = 0
      for image in 0..<images.count {
        let start = image * 3_072 + channel * 1_024
        sum += images.pixels[start..<(start + 1_024)].reduce(0) { $0 + Int($1) }
      }
      let mean = Float(sum) / Float(images.count * 1_024) / 255
      #expect(abs(mean - Normalization.means[channel]) < 0.005)
    }
  }
}
