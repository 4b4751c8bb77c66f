using System.Net;
using System.Net.Http.Headers;

namespace Adjoint;

/// <summary>How far a download has come.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">Here already.</param>
/// <param name="Total">Of the whole file; null where the server does not say.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? Total);

// A file grows under another name, "<name>.part"; whatever breaks off goes on from there, in this run or in the next. Only a
// whole file with an accepted checksum gets its name.

/// <summary>Downloads that survive a broken line.</summary>
sealed class Download(FileSystem files, IProgress<DownloadProgress>? progress) : IDisposable
{
    const int MaxFailures = 5; // in a row, without a byte between them
    const int BufferBytes = 1 << 16;
    const long MaxBytes = 1L << 34; // of a file whose length nobody has published

    readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>A line that says nothing for so long is broken.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before the second attempt; twice as long before each one after that.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    public async Task GetAsync(DataSource source, DataFile file, string path, CancellationToken cancellation)
    {
        var part = path + ".part";
        var failures = 0;
        var pause = Pause;
        while (true)
        {
            var before = LengthOf(part);
            try
            {
                await ContinueAsync(file, part, before, cancellation);
                break;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && IsBroken(e))
            {
                if (LengthOf(part) > before) (failures, pause) = (0, Pause);
                if (++failures >= MaxFailures || IsFinal(e)) throw Failed(source, file, part, e);
                await Task.Delay(pause, cancellation);
                pause *= 2;
            }
        }
        try
        {
            DataCache.Accept(source, file, part);
        }
        catch (DataException)
        {
            files.Delete(part); // to go on from wrong bytes would never end well
            throw;
        }
        files.Move(part, path);
    }

    public void Dispose() => client.Dispose();

    // Returns when the file is whole.
    async Task ContinueAsync(DataFile file, string part, long from, CancellationToken cancellation)
    {
        if (from == file.Bytes) return;
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Url);
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (from > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return; // nothing is missing
        response.EnsureSuccessStatusCode();
        if (from > 0 && response.Content.Headers.ContentRange?.From != from)
        {
            files.Delete(part); // the server knows no ranges and begins again
            from = 0;
        }
        var total = file.Bytes ?? from + response.Content.Headers.ContentLength;
        using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var to = files.Append(part);
        var at = await CopyAsync(stream, to, from, part, read => progress?.Report(new(file.Name, read, total)),
            (total ?? MaxBytes) + 1, cancellation); // one byte more than expected tells a file that is too long
        if (at < total) throw new HttpIOException(HttpRequestError.ResponseEnded, "the file ended early");
    }

    async Task<long> CopyAsync(
        Stream stream, Stream to, long at, string part, Action<long> report, long most, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (at < most)
        {
            silence.CancelAfter(Silence);
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - at)), silence.Token);
            if (read == 0) break;
            Write(to, buffer.AsSpan(0, read), part);
            report(at += read);
        }
        return at;
    }

    static void Write(Stream to, ReadOnlySpan<byte> bytes, string part)
    {
        try
        {
            to.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(part, e);
        }
    }

    static bool IsBroken(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;

    // What asking again does not change.
    static bool IsFinal(Exception e) => e is HttpRequestException
    { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests };

    static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    static DataException Failed(DataSource source, DataFile file, string part, Exception e) => new(
        $"Data set '{source.Name}': '{file.Name}' could not be downloaded: {Cause(e)}.\n  from  {file.Url}\n  here  "
        + $"{FileSource.Bytes(LengthOf(part))}{(file.Bytes is { } all ? " of " + FileSource.Bytes(all) : "")}\n"
        + $"Hint: repeat the command to go on, or copy the file: adjoint data get {source.Name} --from <folder>", source.Name, e);

    static string Cause(Exception e) => e is OperationCanceledException ? "the server does not answer"
        : e.Message.TrimEnd('.');
}
