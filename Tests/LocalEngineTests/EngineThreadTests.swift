import Foundation
import Synchronization
import Testing

@testable import LocalEngine

@Suite struct EngineThreadTests {
  #if os(Linux)
    /// However soon it runs: what watches threads from outside, and `top -H`, go by it.
    @Test func theEnginesThreadHasItsNameFromItsFirstMoment() {
      for _ in 0..<200 {
        let (thread, isDone) = (EngineThread(), DispatchSemaphore(value: 0))
        let name = Mutex("")
        thread.async {
          let read = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
          name.withLock { $0 = read ?? "" }
          isDone.signal()
        }
        isDone.wait()
        #expect(name.withLock(\.self) == "engine\n")
      }
    }
  #endif

  @Test func workIsDoneInItsOrderAndAfterTheEngineIsGone() {
    let isDone = DispatchSemaphore(value: 0)
    let order = Mutex<[Int]>([])
    do {
      let thread = EngineThread()
      for number in 0..<100 { thread.async { order.withLock { $0.append(number) } } }
      thread.async { isDone.signal() }
    }
    isDone.wait()
    #expect(order.withLock(\.self) == Array(0..<100))
  }
}
