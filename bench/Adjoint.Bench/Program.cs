using Adjoint.Bench;

// Timings of this library alone; each command prints what it measured, and --json one line of JSON for each row.
return args switch
{
    ["products", ..] => Products.Run(args[1..]),
    ["convolutions", ..] => Convolutions.Run(args[1..]),
    ["memory", ..] => MemoryLoops.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: Adjoint.Bench products|convolutions|memory [filter] [--json]
          products      matrix products of many shapes, GFLOP/s; ADJOINT_THREADS and ADJOINT_WIDTH apply
          convolutions  and their gradients through the engine, GFLOP/s, and what packing takes of it
          memory        loops that are no products against the speed of memory; --print shows the kernels, --fallbacks
                        instead lists the lines of the catalogue that run without vectors
        """);
    return 2;
}
