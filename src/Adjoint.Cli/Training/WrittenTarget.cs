namespace Adjoint.Cli;

/// <summary>What <c>adjoint generate</c> does with a run that reads one text and writes another.</summary>
/// <param name="Length">The most characters.</param>
/// <param name="Beam">How many beginnings to go on with; null to draw.</param>
/// <param name="Map">The file of a picture of what was read, .svg or .png; null for none.</param>
sealed record WrittenTarget(int Length, Sampling Sampling, ulong Seed, int? Beam, string? Map)
{
    /// <summary>Prints the target of a source, and draws what was read.</summary>
    /// <exception cref="UsageException">There is no source.</exception>
    /// <exception cref="SettingException">There is nothing to draw.</exception>
    public void Write(TargetWriter writer, RunFolder folder, string source, bool isJson, Terminal terminal)
    {
        if (source.Length == 0) throw new UsageException($"--prompt: '{folder.Path}' reads a source, and none is given.");
        if (Map is not null && !writer.Model.HasAttention)
            throw new SettingException($"--map: '{folder.Path}' was trained without attention; there is nothing to draw.\n"
                + "Hint: adjoint train seq2seq --set attention=true");
        var written = Beam is { } width ? writer.Beam(source, width, Length) : writer.Sample(source, Sampling, Seed, Length);
        terminal.Output.WriteLine(!isJson ? written.Text : JsonText.Object(json =>
        {
            json.WriteString("source", written.Source);
            json.WriteString("text", written.Text);
            json.WriteNumber("score", written.LogProbability);
        }));
        if (Map is null) return;
        if (written.Text.Length == 0) throw new SettingException("--map: nothing was written; there is nothing to draw.");
        writer.Alignment(source, written.Text)!.Write(Map);
    }
}
