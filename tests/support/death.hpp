#pragma once
/// Runs something that must end the program, in a child, and gives what it said.
#include <csignal>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

/// What `f` wrote to stderr before it ended the program with abort(); "(lived)" where it returned, "(other end)" for another signal.
template <class F>
std::string dying_words(F f) {
    int ends[2];
    if (::pipe(ends) != 0) return "(no pipe)";
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::signal(SIGABRT, SIG_DFL);
        f();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[512];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) said.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "(lived)";
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : "(other end) " + said;
}

}  // namespace test
