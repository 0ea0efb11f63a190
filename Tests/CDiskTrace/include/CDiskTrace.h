#ifndef AFFECT_DISK_TRACE_H
#define AFFECT_DISK_TRACE_H

/// Runs a program and notes every system call by which it changes files below a folder.
///
/// Each line of the log is `NAME RESULT PATH PATH2 NUMBER DATA`, separated by tabs, one for each
/// completed call in the order of completion; PATH2, NUMBER and DATA (hexadecimal) are empty where
/// the call has none. Writes to standard output are noted as `mark` with the text as DATA. A system
/// call that is neither known to leave files alone nor understood here is noted as `unknown`, with
/// its number: whoever reads the log must not take it for complete then.
///
/// - Parameters:
///   - arguments: path and arguments of the program, ended by a null pointer.
///   - root: absolute path of the folder.
///   - kill_before: the program is killed when it is about to make the call with this number,
///     counted from 0 over those that are noted, marks excepted; never when it is negative.
///   - log: path of the log.
/// - Returns: the exit status; -1 when it was killed as asked; -2 when it ended by another signal;
///   -3 when processes cannot be traced here.
int trace_disk(const char *const *arguments, const char *root, long kill_before, const char *log);

#endif
