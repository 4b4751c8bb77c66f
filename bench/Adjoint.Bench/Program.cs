using Adjoint.Bench;

// Timings of this library alone; each command prints what it measured, and --json one line of JSON for each row.
return args switch
{
    ["products", ..] => Products.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: Adjoint.Bench products [filter] [--json]
          products   matrix products of many shapes, GFLOP/s; ADJOINT_THREADS and ADJOINT_WIDTH apply
        """);
    return 2;
}
