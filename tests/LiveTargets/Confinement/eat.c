// Touches so many bytes of memory, says "ate", waits until its input ends, and ends: a child whose peak is known.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
    long bytes = argc > 1 ? atol(argv[1]) : 0;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes <= 0 || memory == MAP_FAILED)
    {
        return 1;
    }

    for (long at = 0; at < bytes; at += 4096)
    {
        memory[at] = 1;
    }

    puts("ate");
    fflush(stdout);
    while (getchar() != EOF)
    {
    }

    return 0;
}
