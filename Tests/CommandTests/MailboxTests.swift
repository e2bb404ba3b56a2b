import Studio
import Terminal
import Testing

@testable import moviola

@Suite struct MailboxTests {
  @Test func nothingIsKeptForNobody() throws {
    let mailbox = Mailbox(try Waker())
    mailbox.put(.tick)
    mailbox.put(.tick)
    #expect(mailbox.takeAll().count == 2 && mailbox.takeAll().isEmpty)
    mailbox.put(.tick)
    mailbox.close()
    mailbox.put(.tick)
    #expect(mailbox.takeAll().isEmpty)
  }
}
