import Foundation
import Mistique

extension NetworkModel {
  /// What makes every layer and every tensor: the images, and for each layer its kind, weights and kernels, with the layers that it reads.
  ///
  /// Dropout rates and whether a layer is frozen are left out: they matter in training only. So are labels. Weights are hashed once.
  public func lineages() throws -> ModelLineages {
    var result = ModelLineages()
    let contents = tensorContents
    for tensor in checkpoint.tensors { result.transformers[tensor.name] = Self.lineage(of: tensor, contents[tensor.name]!) }
    guard let kernels = KernelKind.text(threads: network.compute.threads), let code = ProcessorKind.code else { return result }
    var known: [Lineage] = []
    for layer in network.layers {
      let lineage: Lineage
      if let description = layer.description {
        var recipe = LineageRecipe("layer")
        recipe.add(number: KernelKind.revision)
        recipe.add(text: kernels)
        recipe.add(number: network.batchSize)
        recipe.add(text: try Self.text(of: description.kind))
        recipe.add(layer.inputShape)
        recipe.add(number: layer.inputs.count)
        for input in layer.inputs { recipe.add(lineage: known[input]) }
        let tensors = checkpoint.tensors(ofLayer: layer.index)
        recipe.add(number: tensors.count)
        for tensor in tensors {
          recipe.add(number: tensor.shape.count)
          for size in tensor.shape { recipe.add(number: size) }
          recipe.add(lineage: contents[tensor.name]!)
        }
        lineage = recipe.lineage
      } else {
        var recipe = LineageRecipe("normalised images")
        recipe.add(number: KernelKind.revision)
        // Plain Swift computes them, as it does the stages of pipelines.
        recipe.add(text: code)
        recipe.add(layer.shape)
        recipe.add(number: input.rows.count)
        recipe.add(lineage: input.content)
        if let normalization = network.description.normalization {
          recipe.add(text: "normalization")
          for value in normalization.mean + normalization.deviation { recipe.add(number: Int(value.bitPattern)) }
        }
        lineage = recipe.lineage
      }
      known.append(lineage)
      result.intermediates[Self.intermediate(ofLayer: layer.index)] = lineage
    }
    return result
  }

  /// The weights, one stored transformer per tensor; of those that are known already only the names.
  public func transformers(withoutBytesOf known: Set<String>) -> [StoredTransformer] {
    checkpoint.tensors.map { tensor in
      StoredTransformer(name: tensor.name, bytes: known.contains(tensor.name) ? [] : [UInt8](tensor.serialized()))
    }
  }

  /// The content of each tensor, by its name; hashed when first asked for.
  private var tensorContents: [String: Lineage] {
    contents.withLock { known in
      if let known { return known }
      let found = Dictionary(
        uniqueKeysWithValues: checkpoint.tensors.map { tensor in
          (tensor.name, tensor.values.withUnsafeBytes { Lineage(ofContent: $0) })
        })
      known = found
      return found
    }
  }

  /// What is stored of a tensor: its name, shape and values.
  private static func lineage(of tensor: Checkpoint.Tensor, _ content: Lineage) -> Lineage {
    var recipe = LineageRecipe("tensor")
    recipe.add(number: Int(Checkpoint.formatVersion))
    recipe.add(text: tensor.name)
    recipe.add(number: tensor.shape.count)
    for size in tensor.shape { recipe.add(number: size) }
    recipe.add(lineage: content)
    return recipe.lineage
  }

  /// The kind with all its parameters.
  private static func text(of kind: LayerDescription.Kind) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(kind), as: UTF8.self)
  }
}

extension LineageRecipe {
  fileprivate mutating func add(_ shape: ActivationShape) {
    for size in [shape.channels, shape.height, shape.width] { add(number: size) }
  }
}
