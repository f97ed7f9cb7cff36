import COpenMP
import Dispatch
import Foundation
import Groundwork
import Synchronization

/// The one thread that calls oneDNN, with OpenMP workers of its own. It runs one job after the other; callers wait for theirs.
///
/// Why: OpenMP keeps the number of threads *per calling thread* and gives every calling thread a team of workers. Calls from a pool of
/// threads would multiply the workers and, with another number of threads, change the bits of training. A job is a closure that runs
/// while its caller waits, so it may use the caller's memory. Jobs of one thread must not wait for another `ComputeThread` that waits for
/// them.
public final class ComputeThread: Sendable {
  /// The process's thread, with as many workers as there are cores. Made when first used.
  public static let shared = ComputeThread(threads: ProcessInfo.processInfo.activeProcessorCount)

  /// OpenMP threads that work on a job, this one included. Training gives the same bits only for the same number.
  public let threads: Int
  private let queue = JobQueue()

  /// Starts a thread; it ends when the object is released.
  public init(threads: Int) {
    precondition(threads > 0, "a compute thread needs at least one OpenMP thread")
    self.threads = threads
    let queue = queue
    // The closure holds the queue and not self, so that releasing self ends the thread.
    let worker = Thread {
      queue.serve {
        // Before the workers are made, which are set as this thread is.
        StandardArithmetic.adopt()
        omp_set_num_threads(Int32(threads))
        // OMP_DYNAMIC and OMP_MAX_ACTIVE_LEVELS may give fewer than are asked for, without an error, and other bits then.
        omp_set_dynamic(0)
        omp_set_max_active_levels(max(1, omp_get_max_active_levels()))
      }
    }
    worker.name = "compute"
    worker.stackSize = 16 << 20
    worker.start()
  }

  deinit { queue.append(nil) }

  /// Runs `work` on the thread and returns its result. Called from within a job, it runs at once.
  ///
  /// It throws what `work` throws and nothing else.
  package func perform<Result>(_ work: () throws -> Result) throws -> Result {
    if queue.isServedByCurrentThread { return try work() }
    var result: Swift.Result<Result, any Error>?
    let catching = { result = Swift.Result(catching: work) }
    withoutActuallyEscaping(catching) { queue.runAndWait($0) }
    return try result!.get()
  }

  /// One closure. Unchecked, because the caller waits on a semaphore from before the worker touches it until after: never two threads at
  /// once.
  private final class Job: @unchecked Sendable {
    private var work: (() -> Void)?

    init(_ work: @escaping () -> Void) { self.work = work }

    func run() {
      work!()
      // Before the caller goes on, as the closure must not outlive the call.
      work = nil
    }
  }

  private final class JobQueue: Sendable {
    private let jobs = Mutex<[(@Sendable () -> Void)?]>([])
    private let available = DispatchSemaphore(value: 0)
    private let server = Mutex<pthread_t?>(nil)

    var isServedByCurrentThread: Bool { server.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false } }

    /// Runs the jobs on the current thread until the end.
    func serve(preparing prepare: () -> Void) {
      server.withLock { $0 = pthread_self() }
      prepare()
      while let job = next() { job() }
    }

    /// Returns when the worker has run the closure and let go of it.
    func runAndWait(_ work: @escaping () -> Void) {
      let job = Job(work)
      let done = DispatchSemaphore(value: 0)
      append {
        job.run()
        done.signal()
      }
      done.wait()
    }

    /// Nil ends the thread.
    func append(_ job: (@Sendable () -> Void)?) {
      jobs.withLock { $0.append(job) }
      available.signal()
    }

    private func next() -> (@Sendable () -> Void)? {
      available.wait()
      return jobs.withLock { $0.removeFirst() }
    }
  }
}
