using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Adjoint.Tests;

/// <summary>A server of this machine that breaks off in the middle of its answers.</summary>
sealed class BrokenServer : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly byte[] bytes;
    readonly Task serving;

    /// <param name="bytes">The file it has.</param>
    public BrokenServer(byte[] bytes)
    {
        this.bytes = bytes;
        listener.Start();
        serving = Task.Run(Serve);
    }

    /// <summary>Bytes it sends before it hangs up.</summary>
    public int Patience { get; init; } = int.MaxValue;

    /// <summary>Whether it can begin in the middle.</summary>
    public bool KnowsRanges { get; init; } = true;

    /// <summary>Whether it says how long the file is.</summary>
    public bool TellsLength { get; init; } = true;

    public string Status { get; init; } = "200 OK";

    /// <summary>First byte asked for, one entry a request.</summary>
    public List<long> Asked { get; } = [];

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/file";

    public void Dispose()
    {
        listener.Stop();
        serving.Wait();
    }

    async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await Answer(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException) // stopped, at one moment or another
        {
        }
    }

    async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var from = 0L;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) from = long.Parse(line[13..^1], CultureInfo.InvariantCulture);
        Asked.Add(from);
        var first = KnowsRanges ? from : 0;
        var status = !Status.StartsWith("200", StringComparison.Ordinal) ? Status
            : first > 0 && first >= bytes.Length ? "416 Range Not Satisfiable"
            : first > 0 ? "206 Partial Content" : Status;
        var hasBody = status[0] == '2';
        var rest = hasBody ? bytes.AsMemory((int)first) : default;
        var head = $"HTTP/1.1 {status}\r\nConnection: close\r\n";
        if (status[..3] == "206") head += $"Content-Range: bytes {first}-{bytes.Length - 1}/{bytes.Length}\r\n";
        if (TellsLength || !hasBody) head += $"Content-Length: {rest.Length}\r\n";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head + "\r\n"));
        await stream.WriteAsync(rest[..Math.Min(rest.Length, Patience)]);
    }
}
