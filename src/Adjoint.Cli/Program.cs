using System.Globalization;
using System.Text;

namespace Adjoint.Cli;

static class Program
{
    static int Main(string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        using var output = Writer(Console.OpenStandardOutput());
        using var error = Writer(Console.OpenStandardError());
        using var interruption = new Interruption(error);
        return Application.Run(args, new(output, error, !Console.IsErrorRedirected), interruption.Token);
    }

    // No byte order mark, whatever the console's code page says: what is printed is read by programs too.
    static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false)) { NewLine = "\n" };
}
