/*
 * seccomp ACTION NUMBER… -- COMMAND…: runs a command under a filter that gives an answer to some system calls and allows all others.
 * ACTION is an errno, "kill" or "trap"; NUMBER the number of the call on x86-64 or arm64. Of clone, the call that makes threads stays
 * allowed. With NO_NEW_PRIVS in the environment no_new_privs is set before; without it, it takes CAP_SYS_ADMIN.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int confine(unsigned action, int number)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10000, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
    struct sock_fprog program = { sizeof code / sizeof *code, code };
    return prctl(PR_SET_SECCOMP, 2, &program);
}

int main(int count, char **arguments)
{
    if (count < 5)
        return 125;
    unsigned action = !strcmp(arguments[1], "kill") ? SECCOMP_RET_KILL_PROCESS
        : !strcmp(arguments[1], "trap") ? SECCOMP_RET_TRAP : SECCOMP_RET_ERRNO | atoi(arguments[1]);
    int index = 2;
    if (getenv("NO_NEW_PRIVS"))
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (; index < count && strcmp(arguments[index], "--"); index++)
        if (confine(action, atoi(arguments[index]))) {
            perror("seccomp");
            return 125;
        }
    execvp(arguments[index + 1], arguments + index + 1);
    perror(arguments[index + 1]);
    return 125;
}
