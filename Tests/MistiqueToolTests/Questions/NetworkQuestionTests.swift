import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

/// Networks that the program runs again, on images in files.
struct NetworkQuestionTests {
  @Test("A network that stores nothing is re-run on a folder of CIFAR-10 and on arrays, to the bits that were logged")
  func rerun() throws {
    let fixture = try QuestionFixture.network(policy: .none)
    let stored = try QuestionFixture.network()
    let read = try stored.output("get", "S", "net.small.layer1.n3", "--rows", "5,59")
    for images in [["--images", "."], ["--images", "cifar-10-batches-bin"], ["--images", "images.npy", "--labels", "labels.npy"]] {
      let result = try fixture.run(["get", "S", "net.small.layer1.n3", "--rows", "5,59"] + images)
      #expect(result.status == 0 && result.output == read, "\(images): \(result.errors)")
      #expect(result.errors.contains("net.small.layer1: 2 rows, re-run (2 stages), "), "\(result.errors)")
    }
    try fixture.expectError(
      ["topk", "S", "net.small.layer1.n3"], "net.small.layer1: it is not stored, and a re-run needs the images. Give --images")
  }

  @Test("Images that were logged without labels have no classes")
  func noLabels() throws {
    let images = QuestionFixture.images
    let unlabelled = try ImageSet(pixels: images.pixels, labels: Array(repeating: 0, count: images.count), source: images.source)
    let fixture = try QuestionFixture.network(images: unlabelled)
    for question in ["confusion", "vis"] {
      try fixture.expectError(
        [question, "S", "net.small.layer4.*", "--images", "images.npy"], "it is an array, which has no classes. Give them with --labels")
      let labelled = try fixture.output(question, "S", "net.small.layer4.*", "--images", "images.npy", "--labels", "labels.npy")
      #expect(try fixture.output(question, "S", "net.small.layer4.*", "--labels", "labels.npy") == labelled)
    }
  }

  @Test("What another model has stored is read, without images; what nobody has says what it needs")
  func borrowed() throws {
    let fixture = try QuestionFixture.network()
    let description = NetworkDescription(
      name: "small", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: [.convolution(4), .maxPool(2), .dense(12), .dense(10, relu: false)])
    let store = try IntermediateStore(at: URL(fileURLWithPath: fixture.path("S")))
    let model = try NetworkModel(
      description, checkpoint: .initial(for: description, seed: 3), input: NetworkInput(QuestionFixture.images))
    try store.logIntermediates(of: model, as: ModelIdentity(project: "net", name: "again"), policy: .none)
    try store.close()
    let key = "net.again.layer1.n3"
    #expect(try fixture.output("get", "S", key) == fixture.output("get", "S", "net.small.layer1.n3"))
    try fixture.output("drop", "S", "net.small", "layer1", "--images", "images.npy", "--labels", "labels.npy")
    try fixture.expectError(["get", "S", key], "net.again.layer1: it is not stored, and a re-run needs the images. Give --images")
  }

  @Test("Other images, other labels, and files that hold none are refused, each with what to do")
  func otherImages() throws {
    let fixture = try QuestionFixture.network(policy: .none)
    func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: fixture.path(name))) }
    let images = QuestionFixture.images
    func expect(_ images: String, _ labels: String?, _ parts: String..., at location: SourceLocation = #_sourceLocation) throws {
      let arguments = ["topk", "S", "net.small.layer1.n3", "--images", images] + (labels.map { ["--labels", $0] } ?? [])
      let result = try fixture.run(arguments)
      #expect(result.status == 1, sourceLocation: location)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location) }
    }
    try expect("images.npy", nil, "net.small: it was logged on other images than the first 60 images in", "give the images' labels too")
    try write("other.npy", QuestionFixture.npy("|u1", [60, 3072], images.pixels.map { $0 ^ 1 }))
    try expect("other.npy", "labels.npy", "net.small: it was logged on other images than the first 60 images in", "Give those")
    try write("few.npy", QuestionFixture.npy("|u1", [10, 3072], Array(images.pixels[..<30720])))
    try expect("few.npy", "labels.npy", "few.npy: it has 10 images, and 60 are needed")
    try write("last.npy", QuestionFixture.npy("|u1", [60, 32, 32, 3], images.pixels))
    try expect("last.npy", "labels.npy", "images are N x 3 x 32 x 32 or N x 3072. Save images.transpose(0, 3, 1, 2)")
    try write("wide.npy", QuestionFixture.npy("<i2", [30, 3, 32, 32], images.pixels))
    try expect("wide.npy", "labels.npy", "its elements are int16, and a network's input is float32, float16 or uint8")
    try expect("labels.npy", nil, "images are N x 3 x 32 x 32")
    try expect("images.npy", "few.npy", "it is an array of 10 x 3072, and labels are N or N x 1")
    try write("beyond.npy", QuestionFixture.npy("|u1", [60], Array(repeating: 10, count: 60)))
    try expect("images.npy", "beyond.npy", "label 0 is 10")
    try expect("cifar-10-batches-bin", "labels.npy", "labels go with images in a .npy file")
    try expect("S", nil, "no CIFAR-10 training batches")
  }

  @Test("What the model was logged on is held against labels too, and pipelines have no images")
  func labels() throws {
    let fixture = try QuestionFixture.network()
    let named = try fixture.ask("confusion", "S", "net.small.layer4.*", "--images", ".")
    #expect(try named.texts("label") == CIFAR10.labelNames.filter { try named.texts("label").contains($0) })
    let short = QuestionFixture.npy("|u1", [59], Array(QuestionFixture.images.labels[..<59]))
    try short.write(to: URL(fileURLWithPath: fixture.path("short.npy")))
    try fixture.expectError(["vis", "S", "net.small.layer4.*", "--labels", "short.npy"], "it has 59 labels, and there is a row_id 59")
    let long = QuestionFixture.npy("|u1", [61], QuestionFixture.images.labels + [0])
    try long.write(to: URL(fileURLWithPath: fixture.path("long.npy")))
    let told = try fixture.run(["vis", "S", "net.small.layer4.*", "--labels", "long.npy"])
    #expect(told.status == 0 && told.errors.contains("note: long.npy has 61 labels, and net.small.layer4 has 60 rows"), "\(told.errors)")
    let whole = try fixture.run(["vis", "S", "net.small.layer4.*", "--labels", "labels.npy"])
    #expect(whole.output == told.output && !whole.errors.contains("note: "), "\(whole.errors)")
    try fixture.expectError(
      ["get", "S", "net.small.layer1.n3", "--plan", "rerun", "--images", "images.npy", "--labels", "long.npy"],
      "long.npy: it has 61 labels, and", "images.npy has 60 images")
    let signed = QuestionFixture.npy("<i8", [60, 1], QuestionFixture.images.labels.flatMap { [$0] + Array(repeating: 0, count: 7) })
    try signed.write(to: URL(fileURLWithPath: fixture.path("signed.npy")))
    let byNumbers = try fixture.ask("vis", "S", "net.small.layer4.*", "--labels", "signed.npy")
    #expect(byNumbers.columns.dropFirst().allSatisfy { Int($0) != nil })
    let byImages = try fixture.ask("vis", "S", "net.small.layer4.*", "--images", ".")
    #expect(byImages.rows.map { $0.dropFirst().map { "\($0)" } } == byNumbers.rows.map { $0.dropFirst().map { "\($0)" } })
  }

  @Test("ROW_DIFF of one image in two layers of the same shape, and of two images")
  func rows() throws {
    let fixture = try QuestionFixture.network()
    let two = try fixture.ask("row-diff", "S", "net.small.layer4.*", "--rows", "3,8", "--k", "10")
    #expect(two.columns == ["column", "row 3", "row 8", "difference"] && two.rows.count == 10)
    for (first, second, difference) in zip3(try two.numbers("row 3"), try two.numbers("row 8"), try two.numbers("difference")) {
      #expect(abs(first - second - difference) < 1e-6)
    }
    try fixture.expectError(["row-diff", "S", "net.small.layer4.*", "net.small.layer3.*", "--rows", "3"], "it has other columns than")
  }

  private func zip3(_ a: [Double], _ b: [Double], _ c: [Double]) -> [(Double, Double, Double)] {
    zip(zip(a, b), c).map { ($0.0, $0.1, $1) }
  }
}
