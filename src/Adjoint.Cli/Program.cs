namespace Adjoint.Cli;

internal static class Program
{
    static int Main(string[] args)
    {
        Console.Out.WriteLine(args.Length);
        return 0;
    }
}
