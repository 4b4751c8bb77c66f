using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

/// <summary>The test vectors of ONNX, unpacked into a folder of their own for as long as a test needs them.</summary>
sealed class OnnxVectors : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("adjoint-onnx");

    OnnxVectors(string data)
    {
        Rows = [.. File.ReadLines(Path.Combine(data, "index.tsv")).Skip(1).Select(Row.Parse)];
        var archive = Path.Combine(data, "onnx-node-tests.tar.xz");
        using var tar = Process.Start("tar", ["-xf", archive, "-C", folder.FullName]);
        tar.WaitForExit();
        Assert.Equal(0, tar.ExitCode);
    }

    public IReadOnlyList<Row> Rows { get; }

    /// <summary>The vectors, or a skipped test where they are not there.</summary>
    public static OnnxVectors Open()
    {
        var root = Environment.GetEnvironmentVariable("ADJOINT_DATA")
            ?? Path.Combine(Repository.Root, "..", "shared", "data");
        var data = Path.Combine(root, "onnx-node-tests");
        if (!File.Exists(Path.Combine(data, "index.tsv")))
            Assert.Skip($"The test vectors of ONNX are not in {data}; ADJOINT_DATA says where they are.");
        return new(data);
    }

    public string Folder(Row row) => Path.Combine(folder.FullName, row.Era, row.Test);

    public void Dispose() => folder.Delete(recursive: true);

    /// <param name="Kind">"single" for one node, "expanded" for the graph that ONNX gives as its meaning.</param>
    public sealed record Row(string Era, string Test, string Kind, string Ops)
    {
        public static Row Parse(string line)
        {
            var cells = line.Split('\t');
            return new(cells[0], cells[1], cells[2], cells[3]);
        }
    }
}
