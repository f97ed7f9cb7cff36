import CMistique
import Mistique

/// Asks a question.
@_cdecl("mistique_ask")
public func askQuestion(
  _ store: UInt64, _ keys: UnsafePointer<UnsafePointer<CChar>?>?, _ keyCount: Int64, _ ids: UnsafePointer<Int64>?, _ idCount: Int64,
  _ options: UnsafePointer<mistique_ask_options>?, _ answer: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(answer, "answer")
    let opened = try openedStore(store)
    let asking = Asking(opened: opened, settings: try AskSettings(options))
    let results = try asking.answers(try Arguments.keys(keys, count: keyCount), rows: try Arguments.rows(ids, count: idCount))
    target.pointee = HandleTable.shared.insert(Answer(try results.map { try opened.part($0) }))
  }
}

/// Asks for bounds.
@_cdecl("mistique_bounds")
public func askBounds(
  _ store: UInt64, _ key: UnsafePointer<CChar>?, _ ids: UnsafePointer<Int64>?, _ idCount: Int64, _ answer: UnsafeMutablePointer<UInt64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  askBoundsUntil(store, key, ids, idCount, nil, answer, error)
}

/// Asks for bounds, until the caller stops it.
@_cdecl("mistique_bounds_until")
public func askBoundsUntil(
  _ store: UInt64, _ key: UnsafePointer<CChar>?, _ ids: UnsafePointer<Int64>?, _ idCount: Int64,
  _ callbacks: UnsafePointer<mistique_callbacks>?, _ answer: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(answer, "answer")
    let opened = try openedStore(store)
    let callbacks = Callbacks(callbacks?.pointee)
    let bounds = try opened.store.bounds(
      of: IntermediateKey(Arguments.text(key, "key")), rows: Arguments.rows(ids, count: idCount), isCancelled: { callbacks.isStopped })
    target.pointee = HandleTable.shared.insert(Answer(try opened.parts(bounds)))
  }
}

/// Says how a question would be answered.
@_cdecl("mistique_explain")
public func askExplain(
  _ store: UInt64, _ keys: UnsafePointer<UnsafePointer<CChar>?>?, _ keyCount: Int64, _ ids: UnsafePointer<Int64>?, _ idCount: Int64,
  _ options: UnsafePointer<mistique_ask_options>?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    let asking = Asking(opened: try openedStore(store), settings: try AskSettings(options))
    let plans = try asking.plans(try Arguments.keys(keys, count: keyCount), rows: try Arguments.rows(ids, count: idCount))
    try JSONText.hand(plans.map { PlanList($0.key, $0.plan) }, to: target)
  }
}

/// Asks for the rows with the largest values.
@_cdecl("mistique_topk")
public func askTopK(
  _ store: UInt64, _ key: UnsafePointer<CChar>?, _ k: Int64, _ smallest: Int32, _ ids: UnsafeMutablePointer<Int64>?,
  _ values: UnsafeMutablePointer<Double>?, _ count: UnsafeMutablePointer<Int64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  askTopKUntil(store, key, k, smallest, nil, ids, values, count, error)
}

/// Asks for the rows with the largest values, until the caller stops it.
@_cdecl("mistique_topk_until")
public func askTopKUntil(
  _ store: UInt64, _ key: UnsafePointer<CChar>?, _ k: Int64, _ smallest: Int32, _ options: UnsafePointer<mistique_ask_options>?,
  _ ids: UnsafeMutablePointer<Int64>?, _ values: UnsafeMutablePointer<Double>?, _ count: UnsafeMutablePointer<Int64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let count = try Arguments.output(count, "count")
    let settings = try AskSettings(options)
    guard settings.accuracy == .stored, settings.bound == nil else {
      throw InterfaceError.invalid(
        "the rows are found by the values as they are stored, and another accuracy or a bound was asked for", at: "options",
        remedy: "Leave accuracy, bound and within out (bound: -1), or read the column and sort it.")
    }
    let asking = Asking(opened: try openedStore(store), settings: settings)
    let key = try IntermediateKey(try Arguments.text(key, "key"))
    let best = try asking.topK(try Arguments.count(k, "k"), of: key, smallest: smallest != 0)
    if !best.isEmpty {
      let (ids, values) = (try Arguments.output(ids, "ids"), try Arguments.output(values, "values"))
      for (place, row) in best.enumerated() { (ids[place], values[place]) = (row.id, row.value) }
    }
    count.pointee = Int64(best.count)
  }
}
