// A single-threaded program that holds known mappings and forks on request, so that a test can compare what the kernel did
// with what was predicted. It answers each line on standard input with one line on standard output.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024UL * 1024UL)

static char *merged;
static size_t merged_half;
static pid_t children[64];
static int child_count;

static void die(const char *what)
{
    printf("error %s: %s\n", what, strerror(errno));
    fflush(stdout);
    exit(1);
}

static char *map(size_t length, int protection, int flags)
{
    char *memory = mmap(NULL, length, protection, flags | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) die("mmap");
    return memory;
}

// Pages that differ from each other, so that no two are merged, and that are really there.
static void touch(char *memory, size_t length)
{
    for (size_t i = 0; i < length; i += 4096) memory[i] = (char)(i >> 12) | 1;
}

// One of every kind that the charge treats in its own way. PROT_NONE guards keep neighbours from merging.
static void hold_every_kind(void)
{
    const int rw = PROT_READ | PROT_WRITE;
    map(4096, PROT_NONE, MAP_PRIVATE);
    touch(map(3 * MIB, rw, MAP_PRIVATE), 1 * MIB);
    map(4096, PROT_NONE, MAP_PRIVATE);
    map(5 * MIB, rw, MAP_PRIVATE | MAP_NORESERVE);
    map(4096, PROT_NONE, MAP_PRIVATE);
    if (madvise(map(7 * MIB, rw, MAP_PRIVATE), 7 * MIB, MADV_DONTFORK)) die("MADV_DONTFORK");
    map(4096, PROT_NONE, MAP_PRIVATE);
    char *wiped = map(11 * MIB, rw, MAP_PRIVATE);
    touch(wiped, 1 * MIB);
    if (madvise(wiped, 11 * MIB, MADV_WIPEONFORK)) die("MADV_WIPEONFORK");
    map(4096, PROT_NONE, MAP_PRIVATE);
    touch(map(13 * MIB, rw, MAP_SHARED), 1 * MIB);
    map(17 * MIB, PROT_READ, MAP_PRIVATE);
    map(4096, PROT_NONE, MAP_PRIVATE);
    // Written once, read-only now: the charge stays. (Untouched, the kernel would take it back.)
    char *sealed = map(19 * MIB, rw, MAP_PRIVATE);
    touch(sealed, 4096);
    if (mprotect(sealed, 19 * MIB, PROT_READ)) die("mprotect");
    map(4096, PROT_NONE, MAP_PRIVATE);
    map(1024 * MIB, PROT_NONE, MAP_PRIVATE);
}

// Two parts of one reserve made writable one after the other: each is admitted alone, and they merge into one mapping that no fork can copy.
static void hold_merged(size_t half)
{
    // A page stays PROT_NONE at each end, or the neighbours would merge as well.
    merged_half = half;
    merged = map(2 * half + 8192, PROT_NONE, MAP_PRIVATE) + 4096;
    if (mprotect(merged, half, PROT_READ | PROT_WRITE)) die("mprotect first");
    if (mprotect(merged + half, half, PROT_READ | PROT_WRITE)) die("mprotect second");
}

static long committed(void)
{
    char text[8192];
    int file = open("/proc/meminfo", O_RDONLY);
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) die("meminfo");
    text[length] = 0;
    char *line = strstr(text, "Committed_AS:");
    if (!line) die("Committed_AS");
    return atol(line + 13) * 1024;
}

static pid_t fork_idle(void)
{
    pid_t child = fork();
    if (child == 0)
    {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
    return child;
}

static void answer_fork(void)
{
    long before = committed();
    pid_t child = fork_idle();
    int error = errno;
    long after = committed();
    if (child < 0)
    {
        printf("errno %d\n", error);
        return;
    }
    children[child_count++ % 64] = child;
    printf("child %d %ld\n", child, after - before);
}

static void answer_vfork(void)
{
    pid_t child = vfork();
    if (child == 0) _exit(0);
    if (child < 0)
    {
        printf("errno %d\n", errno);
        return;
    }
    waitpid(child, NULL, 0);
    printf("ok\n");
}

static void answer_zombie(void)
{
    pid_t child = fork();
    if (child == 0) _exit(0);
    siginfo_t info;
    if (child < 0 || waitid(P_PID, child, &info, WEXITED | WNOWAIT)) die("zombie");
    children[child_count++ % 64] = child;
    printf("child %d 0\n", child);
}

static void answer_reap(void)
{
    for (int i = 0; i < child_count; i++)
    {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    child_count = 0;
    printf("ok\n");
}

static void answer_fill(const char *path, size_t length)
{
    static char block[64 * 1024];
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0) die("open");
    for (size_t done = 0; done < length; done += sizeof block)
    {
        if (write(file, block, sizeof block) != sizeof block) die("write");
    }
    if (fsync(file)) die("fsync");
    close(file);
    printf("ok\n");
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
    {
        if (!strcmp(arguments[i], "every-kind")) hold_every_kind();
        else if (!strcmp(arguments[i], "merged") && ++i < count) hold_merged(strtoul(arguments[i], NULL, 10));
        else if (!strcmp(arguments[i], "untouched") && ++i < count) map(strtoul(arguments[i], NULL, 10), PROT_READ | PROT_WRITE, MAP_PRIVATE);
        else if (!strcmp(arguments[i], "as-user") && ++i < count)
        {
            struct rlimit limit = { 1, 1 };
            uid_t user = (uid_t)strtoul(arguments[i], NULL, 10);
            if (setrlimit(RLIMIT_NPROC, &limit) || setresgid(user, user, user) || setresuid(user, user, user)) die("as-user");
            prctl(PR_SET_DUMPABLE, 1);
        }
        else { errno = EINVAL; die(arguments[i]); }
    }

    printf("ready %d\n", getpid());
    fflush(stdout);
    char line[4096], path[4000];
    unsigned long number;
    while (fgets(line, sizeof line, stdin))
    {
        if (!strcmp(line, "fork\n")) answer_fork();
        else if (!strcmp(line, "vfork\n")) answer_vfork();
        else if (!strcmp(line, "zombie\n")) answer_zombie();
        else if (!strcmp(line, "reap\n")) answer_reap();
        else if (!strcmp(line, "dontfork\n"))
        {
            if (madvise(merged + merged_half / 2, merged_half, MADV_DONTFORK)) die("madvise");
            printf("ok\n");
        }
        else if (sscanf(line, "touch %lu", &number) == 1)
        {
            touch(map(number, PROT_READ | PROT_WRITE, MAP_PRIVATE), number);
            printf("ok\n");
        }
        else if (sscanf(line, "fill %lu %3999s", &number, path) == 2) answer_fill(path, number);
        else { errno = EINVAL; die(line); }
        fflush(stdout);
    }
    return 0;
}
