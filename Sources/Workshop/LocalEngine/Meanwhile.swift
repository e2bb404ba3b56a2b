import Dispatch
import Synchronization

/// Something that another thread makes, until it is needed.
///
///     let fingerprint = Meanwhile { try folder.fingerprint(memory) }
///     …
///     print(try fingerprint.value())
final class Meanwhile<Value: Sendable>: Sendable {
  private let made = Mutex<Result<Value, any Error>?>(nil)
  private let work = DispatchGroup()

  init(_ make: @escaping @Sendable () throws -> Value) {
    DispatchQueue.global(qos: .userInitiated).async(group: work) { [self] in
      let result = Result(catching: make)
      made.withLock { $0 = result }
    }
  }

  /// Waits for it.
  /// - Throws: what making it threw.
  func value() throws -> Value {
    work.wait()
    guard let result = made.withLock({ $0 }) else { preconditionFailure("the group is left when it is made") }
    return try result.get()
  }
}
