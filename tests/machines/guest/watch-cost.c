/*
 * watch-cost FILE COMMAND…      runs a command and writes two numbers to the file, in kB: how far the machine's Committed_AS rose while it ran, read every
 * half millisecond, and the largest resident set that it had. Ends with its exit code. On a machine where nothing else runs, the first is the
 * highest commit charge of everything that the command started.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long committed(void)
{
    char line[256];
    long kilobytes = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Committed_AS: %ld", &kilobytes) == 1) break;
    if (file) fclose(file);
    return kilobytes;
}

int main(int count, char **arguments)
{
    if (count < 3) return 125;
    long before = committed(), highest = before;
    int status = 0;
    struct rusage usage;
    pid_t child = fork();
    if (child == 0) { execvp(arguments[2], arguments + 2); perror(arguments[2]); _exit(127); }
    while (child > 0 && wait4(child, &status, WNOHANG, &usage) == 0)
    {
        long now = committed();
        if (now > highest) highest = now;
        usleep(500);
    }
    FILE *file = fopen(arguments[1], "w");
    if (!file || child < 0) return 125;
    fprintf(file, "%ld %ld\n", highest - before, usage.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
