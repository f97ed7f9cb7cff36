import CMistique
import Foundation
import Mistique

/// A store by its handle.
func openedStore(_ handle: UInt64) throws -> OpenedStore {
  try HandleTable.shared.object(handle, as: OpenedStore.self, called: "store")
}

private func identity(_ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?) throws -> ModelIdentity {
  ModelIdentity(project: try Arguments.text(project, "project"), name: try Arguments.text(model, "model"))
}

/// Opens a store.
@_cdecl("mistique_open")
public func storeOpen(
  _ folder: UnsafePointer<CChar>?, _ options: UnsafePointer<mistique_open_options>?, _ store: UnsafeMutablePointer<UInt64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(store, "store")
    let folder = try Arguments.name(folder, "folder")
    let opened = OpenedStore(
      try IntermediateStore(at: URL(fileURLWithPath: folder, isDirectory: true), options: try storeOptions(options)))
    target.pointee = HandleTable.shared.insert(opened)
  }
}

private func storeOptions(_ given: UnsafePointer<mistique_open_options>?) throws -> StoreOptions {
  var options = StoreOptions()
  guard let given = given?.pointee else { return options }
  try Arguments.structSize(given.struct_size, of: mistique_open_options.self, "options")
  guard (0...1_000_000).contains(given.rows_per_block), (0...1_000).contains(given.models_kept),
    (0...86_400).contains(given.writer_wait_seconds)
  else {
    throw InterfaceError.invalid(
      "\(given.rows_per_block) rows per block, \(given.models_kept) models, \(given.writer_wait_seconds) s", at: "options",
      remedy: "Use 0 for the usual; at most 1,000,000 rows, 1,000 models and a day.")
  }
  if given.rows_per_block > 0 { options.rowsPerBlock = Int(given.rows_per_block) }
  if given.models_kept > 0 { options.modelsKept = Int(given.models_kept) }
  options.writerPatience = .seconds(given.writer_wait_seconds)
  return options
}

/// Closes a store.
@_cdecl("mistique_close")
public func storeClose(_ store: UInt64, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) {
    try RerunCall.refuseClosing(openedStore(store).store)
    try HandleTable.shared.remove(store, as: OpenedStore.self, called: "store").close()
  }
}

/// Lists the models of a store.
@_cdecl("mistique_models")
public func storeModels(
  _ store: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    try JSONText.hand(try StoreList(openedStore(store).store), to: target)
  }
}

/// Describes one model.
@_cdecl("mistique_describe")
public func storeDescribe(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    try JSONText.hand(try ModelList(identity(project, model), in: openedStore(store)), to: target)
  }
}

/// Says how the values of a model are kept.
@_cdecl("mistique_kept")
public func storeKept(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    try JSONText.hand(try openedStore(store).store.keptValues(of: identity(project, model)).map(KeptList.init), to: target)
  }
}

/// Deletes a model.
@_cdecl("mistique_delete")
public func storeDelete(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?, _ freedBytes: UnsafeMutablePointer<Int64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  storeDeleteUntil(store, project, model, nil, freedBytes, error)
}

/// Deletes a model, unless the caller stops it first.
@_cdecl("mistique_delete_until")
public func storeDeleteUntil(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?, _ callbacks: UnsafePointer<mistique_callbacks>?,
  _ freedBytes: UnsafeMutablePointer<Int64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let opened = try openedStore(store)
    try RerunCall.refuse(at: "delete", of: opened.store)
    let callbacks = Callbacks(callbacks?.pointee)
    let bytes = try opened.delete(identity(project, model), isCancelled: { callbacks.isStopped })
    freedBytes?.pointee = Int64(bytes)
  }
}

/// Gives a residual back.
@_cdecl("mistique_demote")
public func storeDemote(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?, _ intermediate: UnsafePointer<CChar>?,
  _ bound: UnsafePointer<CChar>?, _ freedBytes: UnsafeMutablePointer<Int64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  storeDemoteUntil(store, project, model, intermediate, bound, nil, freedBytes, error)
}

/// Gives a residual back, unless the caller stops it first.
@_cdecl("mistique_demote_until")
public func storeDemoteUntil(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?, _ intermediate: UnsafePointer<CChar>?,
  _ bound: UnsafePointer<CChar>?, _ callbacks: UnsafePointer<mistique_callbacks>?, _ freedBytes: UnsafeMutablePointer<Int64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let opened = try openedStore(store)
    try RerunCall.refuse(at: "demote", of: opened.store)
    let text = try Arguments.name(bound, "bound")
    guard let limit = QuantizationScheme.ErrorBound(argument: text) else {
      throw InterfaceError.invalid(
        "\"\(text)\" is no bound", at: "bound", remedy: "Use a number above 0, or root mean squares: \"0.2rms\".")
    }
    let callbacks = Callbacks(callbacks?.pointee)
    let freed = try opened.store.demote(
      try Arguments.name(intermediate, "intermediate"), of: identity(project, model), to: limit, isCancelled: { callbacks.isStopped })
    freedBytes?.pointee = Int64(freed.bytes)
  }
}

/// Checks every byte.
@_cdecl("mistique_verify")
public func storeVerify(
  _ store: UInt64, _ callbacks: UnsafePointer<mistique_callbacks>?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    let callbacks = Callbacks(callbacks?.pointee)
    let report = try openedStore(store).store.verify { done, total in
      callbacks.report(done, of: total)
      try callbacks.check()
    }
    try JSONText.hand(VerificationList(report), to: target)
  }
}

/// Registers what re-runs a captured model.
@_cdecl("mistique_rerun_register")
public func rerunRegister(
  _ store: UInt64, _ project: UnsafePointer<CChar>?, _ model: UnsafePointer<CChar>?, _ function: mistique_rerun_function?,
  _ context: UnsafeMutableRawPointer?, _ release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    // Made first, so that `release` is called whatever happens.
    let registered = function.map { RerunFunction($0, context, release: release) }
    let identity = try identity(project, model)
    try openedStore(store).reruns.register(registered, for: identity)
  }
}

/// Takes what a re-run function computed.
@_cdecl("mistique_rerun_emit")
public func rerunEmit(
  _ sink: UInt64, _ layer: UnsafePointer<CChar>?, _ array: UnsafePointer<mistique_array>?, _ ids: UnsafePointer<Int64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let sink = try HandleTable.shared.object(sink, as: RerunSink.self, called: "sink")
    let name = try Arguments.name(layer, "layer")
    let array = try StridedArray(array, place: name)
    try sink.take(array, of: name, ids: try Arguments.ids(ids, count: Int64(array.rows), "ids"))
  }
}
