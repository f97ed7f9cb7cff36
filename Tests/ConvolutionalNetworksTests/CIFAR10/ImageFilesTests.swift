import ConvolutionalNetworks
import Foundation
import TestSupport
import Testing

struct ImageFilesTests {
  private let folder = TemporaryDirectory("images")
  private let images = GeneratedImages(seed: 3).images(count: 12)

  private func records(_ range: Range<Int>) -> Data {
    Data(range.flatMap { [images.labels[$0]] + images.pixels[$0 * 3072..<($0 + 1) * 3072] })
  }

  @Test("The first images of the training batches are meant, or of the test batch where only these are wanted")
  func batches() throws {
    try records(0..<8).write(to: folder.url.appendingPathComponent("data_batch_1.bin"))
    try records(8..<12).write(to: folder.url.appendingPathComponent("test_batch.bin"))
    let files = ImageFiles(images: folder.url)
    #expect(files.isCIFAR10)
    #expect(try files.load(first: 5).pixels == images[0..<5].pixels)
    #expect(
      try files.load(first: 3) { $0.labels == images[8..<11].labels && $0.pixels == images[8..<11].pixels }.pixels == images[8..<11].pixels)
    #expect(try files.load(first: 3) { _ in false }.pixels == images[0..<3].pixels)
    #expect(throws: CIFAR10Error.self) { try files.load(first: 9) }
    let labels = folder.url.appendingPathComponent("labels.npy")
    #expect(throws: ImageFilesError.self) { try ImageFiles(images: folder.url, labels: labels).load(first: 2) }
  }

  @Test("Labels are one for each image of the file, or at least for each that is read of it, and never more")
  func labelCounts() throws {
    let (file, labels) = (folder.url.appendingPathComponent("images.npy"), folder.url.appendingPathComponent("labels.npy"))
    try npy("|u1", [12, 3_072], images.pixels).write(to: file)
    let network = NetworkDescription(name: "n", input: ActivationShape(channels: 3, height: 32, width: 32), layers: [.dense(2)])
    func read(_ labelCount: Int, first limit: Int?) throws -> Int {
      try npy("|u1", [labelCount], (0..<labelCount).map { UInt8($0 % 10) }).write(to: labels)
      return try NetworkInput(ImageFiles(images: file, labels: labels), for: network, first: limit).count
    }
    #expect(try read(12, first: nil) == 12 && read(12, first: 5) == 5 && read(5, first: 5) == 5)
    for (count, limit) in [(13, nil), (11, nil), (13, 5), (4, 5)] as [(Int, Int?)] {
      #expect(throws: NPYError.self) { try read(count, first: limit) }
    }
  }
}
