/*
 * Functions that libdbgeng.so and dbgeng.dll of dbgeng-testkit export beside DebugCreate, for the tests of a tool.
 *
 * A process has one world: the scenario in the file that the environment variable DBGENG_TESTKIT_SCENARIO names, or one
 * computer with a few processes. A finding is a misuse by the tool, such as a handle that was disconnected twice. A leftover
 * is what would remain if the process ended now, such as an open handle; it counts as a finding here.
 *
 * Every function can be called on any thread, and none unwinds or throws. A result is an HRESULT: negative on failure.
 */
#ifndef DBGENG_TESTKIT_H
#define DBGENG_TESTKIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes a new world. Client objects of the old one stay usable, but do not see the new one: release them before.
 *
 * Scenario: the path of a scenario in UTF-8, or a null pointer for the world that the process had at first.
 *
 * Findings that the caller has read with DbgengTestkitFindings are forgotten. Others count at the end of the process, as those
 * of the last world do: in DBGENG_TESTKIT_FINDINGS_TO and for DBGENG_TESTKIT_STRICT.
 *
 * Returns 0 (S_OK), or 0x80070057 (E_INVALIDARG) if the file is not a scenario. The reason is then on standard error, and the
 * world stays as it was.
 */
int32_t DbgengTestkitReset(const char* Scenario);

/*
 * Returns the number of findings of the world: 0 if all is well.
 */
uint32_t DbgengTestkitFindingCount(void);

/*
 * Writes the findings of the world as text in UTF-8, a line for each and further lines for what is known about it. The text is
 * empty if there are none.
 *
 * Buffer, BufferSize: where the text goes, and its size in bytes. It always ends with a NUL. A null pointer asks for the size.
 * TextSize: receives the size in bytes that the whole text needs, with its NUL. May be a null pointer.
 *
 * Returns 0 (S_OK); 1 (S_FALSE) if the text was cut off, at a whole character, or if there is no buffer.
 */
int32_t DbgengTestkitFindings(char* Buffer, uint32_t BufferSize, uint32_t* TextSize);

#ifdef __cplusplus
}
#endif

#endif
