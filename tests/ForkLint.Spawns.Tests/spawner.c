// Starts a process in the way that each line of standard input names, and answers "done PID" with the child's id once it has ended.
#define _GNU_SOURCE
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pthread.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

extern char **environ;
static char *const truth[] = {"/bin/true", "first", "second argument", NULL};
static char *const failure[] = {"/bin/false", NULL};
static char *const missing[] = {"/no/such/program", NULL};
static char stack[65536];

static int run(void *program) { execve(program, truth, environ); _exit(127); }
static void *idle(void *unused) { (void)unused; return NULL; }

// The child writes this much memory of its own program's, so that its peak is known: the program is this one.
static int eat(long megabytes) {
    long bytes = megabytes << 20;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long at = 0; at < bytes; at += 4096) memory[at] = 1;
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    while (fgets(line, sizeof line, status)) if (!strncmp(line, "VmHWM:", 6)) { FILE *out = fopen(getenv("PEAK"), "w"); fputs(line, out); fclose(out); }
    return 0;
}

// What /proc shows as the arguments of this process is nothing while their pages may not be read, as in the instant between the start of a program and
// its arguments. Only for a thread that does not run on those pages.
static char *arguments_page;
static size_t arguments_bytes;
static void hide_arguments(char *first, char *last) {
    arguments_page = (char *)((unsigned long)first & -4096UL);
    arguments_bytes = (((unsigned long)last + strlen(last)) & -4096UL) + 4096 - (unsigned long)arguments_page;
    if (mprotect(arguments_page, arguments_bytes, PROT_NONE)) _exit(4);
}
static void show_arguments(void) {
    if (mprotect(arguments_page, arguments_bytes, PROT_READ | PROT_WRITE)) _exit(4);
}

static char **all_arguments;
static int count_of_arguments;
static int answer(void);
static void *answer_in_thread(void *unused) { (void)unused; exit(answer()); }

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "eat")) return eat(atol(arguments[2]));
    all_arguments = arguments;
    count_of_arguments = count;
    if (count == 1) return answer();
    pthread_t thread;
    pthread_create(&thread, NULL, answer_in_thread, NULL);
    pthread_join(thread, NULL);
    return 0;
}

static int answer(void) {
    char line[256];
    printf("ready\n"); fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        pid_t child = 0;
        int ended = 0;
        if (!strcmp(line, "fork")) { if (!(child = fork())) { execve(truth[0], truth, environ); _exit(127); } }
        else if (!strcmp(line, "fork-only")) { if (!(child = fork())) _exit(7); }
        else if (!strcmp(line, "vfork")) { if (!(child = vfork())) { execve(truth[0], truth, environ); _exit(127); } }
        else if (!strcmp(line, "vfork-fails")) { if (!(child = vfork())) { execve(missing[0], missing, environ); _exit(127); } }
        else if (!strcmp(line, "exit-1")) { if (!(child = vfork())) { execve(failure[0], failure, environ); _exit(127); } }
        else if (!strcmp(line, "killed")) { if (!(child = fork())) { raise(SIGKILL); _exit(0); } }
        else if (!strcmp(line, "posix_spawn")) posix_spawn(&child, truth[0], NULL, NULL, truth, environ);
        else if (!strcmp(line, "clone")) child = clone(run, stack + sizeof stack, CLONE_FS | SIGCHLD, (void *)truth[0]);
        else if (!strcmp(line, "clone-vm")) child = clone(run, stack + sizeof stack, CLONE_VM | SIGCHLD, (void *)truth[0]);
        else if (!strcmp(line, "clone3")) { struct clone_args a = { .exit_signal = SIGCHLD, .flags = CLONE_FS }; if (!(child = syscall(SYS_clone3, &a, sizeof a))) { execve(truth[0], truth, environ); _exit(127); } }
        else if (!strcmp(line, "system")) { ended = 1; if (system("exec /bin/true") != 0) return 3; }
        else if (!strcmp(line, "popen")) { ended = 1; FILE *pipe = popen("exec /bin/true", "r"); pclose(pipe); }
        else if (!strcmp(line, "forkpty")) { int terminal; if (!(child = forkpty(&terminal, NULL, NULL, NULL))) { execve(truth[0], truth, environ); _exit(127); } }
        else if (!strcmp(line, "thread")) { pthread_t thread; ended = 1; pthread_create(&thread, NULL, idle, NULL); pthread_join(thread, NULL); }
        else if (!strncmp(line, "eat ", 4)) { char *const eater[] = {"/proc/self/exe", "eat", line + 4, NULL}; posix_spawn(&child, eater[0], NULL, NULL, eater, environ); }
        else if (!strcmp(line, "hide-arguments")) { ended = 1; hide_arguments(all_arguments[0], all_arguments[count_of_arguments - 1]); }
        else if (!strcmp(line, "show-arguments")) { ended = 1; show_arguments(); }
        else if (!strncmp(line, "many ", 5)) { ended = 1; for (int left = atoi(line + 5); left > 0; left--) { pid_t one = vfork(); if (!one) { execve(truth[0], truth, environ); _exit(127); } waitpid(one, NULL, 0); } }
        else return 2;
        if (!ended) waitpid(child, NULL, __WALL);
        printf("done %d\n", (int)child); fflush(stdout);
    }
    return 0;
}
