import ExperimentKit
import Testing

@testable import experiments

/// Which layers of CIFAR10_CNN figures 5b to 5d compare with those of CIFAR10_VGG16.
struct ComparedLayersTests {
  @Test("The compared layers are found by what they are: activations after ReLU, and the logits before softmax")
  func layers() throws {
    let cnn = try NetworkQueries.ComparedLayers(ImageWorkload.Network.cnn.description(.small))
    #expect(cnn.first == 2 && cnn.last == 10 && cnn.logits == 17)
    let vgg16 = try NetworkQueries.ComparedLayers(ImageWorkload.Network.vgg16.description(.small))
    #expect(vgg16.first == 1 && vgg16.last == 17 && vgg16.logits == NetworkQueries.logits)
  }
}
