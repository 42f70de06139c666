/*
 * landlock PATH[=rw]… -- COMMAND…: runs a command that may read and execute only below these paths, and write where rw is said. Exits
 * with 77 where the kernel has no Landlock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ruleset { unsigned long long access; };
struct below { unsigned long long access; int directory; } __attribute__((packed));
enum { CREATE = 444, ADD = 445, RESTRICT = 446 };
#define READ (1ULL | 4 | 8)
#define ALL ((1ULL << 13) - 1)
#define OF_FILES (1ULL | 2 | 4)

int main(int count, char **arguments)
{
    struct ruleset rules = { ALL };
    int set = syscall(CREATE, &rules, sizeof rules, 0);
    int index = 1;
    if (set < 0)
        return 77;
    for (; index < count && strcmp(arguments[index], "--"); index++) {
        char *mode = strchr(arguments[index], '=');
        if (mode)
            *mode = 0;
        struct below rule = { mode ? ALL : READ, open(arguments[index], O_PATH | O_CLOEXEC) };
        if (rule.directory < 0)
            continue;
        if (syscall(ADD, set, 1, &rule, 0)) {
            rule.access &= OF_FILES;
            syscall(ADD, set, 1, &rule, 0);
        }
        close(rule.directory);
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(RESTRICT, set, 0)) {
        perror("landlock");
        return 125;
    }
    execvp(arguments[index + 1], arguments + index + 1);
    perror(arguments[index + 1]);
    return 125;
}
